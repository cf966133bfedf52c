package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/** Readies the TPM for its power to go: Part 3, 9.4. */
public record Shutdown(boolean state) implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.Shutdown;
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.u16(state ? 1 : 0); // TPM_SU_STATE, TPM_SU_CLEAR
  }

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
