package dev.tpm2token.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

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

  /** A file, or - for standard input, from which nothing could be had. */
  public static CommandException unreadable(Object file, IOException e) {
    return new CommandException(
        ExitStatus.NOT_FOUND, "%s cannot be read: %s".formatted(file, reason(e)), e);
  }

  /** A failure in words, without the file's name. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "this account may not";
      case FileSystemException failure when failure.getReason() != null -> failure.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  /** What the shell sees. */
  public ExitStatus status() {
    return status;
  }
}
