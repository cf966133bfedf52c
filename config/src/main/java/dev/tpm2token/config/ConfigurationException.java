package dev.tpm2token.config;

import org.jspecify.annotations.Nullable;

/** The configuration cannot be used; the message names the file or variable, and what to do. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With words for whoever wrote it. */
  public ConfigurationException(String message) {
    super(message);
  }

  /** As above, with what brought it about. */
  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
