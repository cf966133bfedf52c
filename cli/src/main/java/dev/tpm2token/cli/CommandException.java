package dev.tpm2token.cli;

/** Why a verb ends without having done what was asked; the message says what to do. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitStatus status;

  /** A failure with words for whoever typed the command; they hold no secret. */
  public CommandException(ExitStatus status, String message) {
    super(message);
    this.status = status;
  }

  /** As above, with what brought it about. */
  public CommandException(ExitStatus status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** What the shell sees. */
  public ExitStatus status() {
    return status;
  }
}
