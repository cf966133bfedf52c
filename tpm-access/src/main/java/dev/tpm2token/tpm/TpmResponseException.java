package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.TpmCc;

/** The TPM answered a command with a response code other than TPM_RC_SUCCESS. */
public final class TpmResponseException extends TpmException {
  private static final long serialVersionUID = 1L;

  private final TpmCc command;
  private final transient TpmRc rc;

  public TpmResponseException(TpmCc command, TpmRc rc) {
    super("TPM2_" + command + ": " + rc);
    this.command = command;
    this.rc = rc;
  }

  public TpmCc command() {
    return command;
  }

  public TpmRc rc() {
    return rc;
  }

  /** Whether this is {@code code}, whichever handle, session or parameter it is about. */
  public boolean is(TpmRc code) {
    return rc.is(code);
  }
}
