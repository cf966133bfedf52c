package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/** Adds to what the TPM's random numbers come from, at most 128 bytes: Part 3, 16.2. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StirRandom(byte[] inData) implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.StirRandom;
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(inData);
  }

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
