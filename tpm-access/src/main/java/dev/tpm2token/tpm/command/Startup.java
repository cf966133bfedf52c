package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/** Starts the TPM after its power came: Part 3, 9.3. Most systems have done so already. */
public record Startup(boolean state) implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.Startup;
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
