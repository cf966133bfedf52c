package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmsTimeInfo;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/** The TPM's clock and its count of resets: Part 3, 29.1. */
public record ReadClock() implements TpmCommand<TpmsTimeInfo> {
  @Override
  public TpmCc code() {
    return TpmCc.ReadClock;
  }

  @Override
  public void writeParameters(TpmWriter w) {}

  @Override
  public TpmsTimeInfo readResponse(TpmReader r) {
    return TpmsTimeInfo.read(r);
  }
}
