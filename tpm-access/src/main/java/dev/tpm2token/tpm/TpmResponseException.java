package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The TPM answered a command with a response code other than TPM_RC_SUCCESS. */
public final class TpmResponseException extends TpmException {
  private static final long serialVersionUID = 1L;

  private final TpmCc command;
  private final transient TpmRc rc;

  private final transient @Nullable TpmHandle handle;

  /**
   * The answer to a command.
   *
   * @param handle the one that the code is about, or whose use it says is not authorized
   */
  TpmResponseException(TpmCc command, TpmRc rc, @Nullable TpmHandle handle) {
    super("TPM2_" + command + ": " + rc);
    this.command = command;
    this.rc = rc;
    this.handle = handle;
  }

  /** The handle that the code is about, or whose use it says is not authorized. */
  public Optional<TpmHandle> handle() {
    return Optional.ofNullable(handle);
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
