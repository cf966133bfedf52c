package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/** Random bytes, at most as many as the TPM's largest digest has: Part 3, 16.1. */
public record GetRandom(int bytesRequested) implements TpmCommand<byte[]> {
  @Override
  public TpmCc code() {
    return TpmCc.GetRandom;
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.u16(bytesRequested);
  }

  @Override
  public byte[] readResponse(TpmReader r) {
    return r.tpm2b();
  }
}
