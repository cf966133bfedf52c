package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/** Tests all functions, or those that are not tested yet: Part 3, 10.2. */
public record SelfTest(boolean fullTest) implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.SelfTest;
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.u8(fullTest ? 1 : 0);
  }

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
