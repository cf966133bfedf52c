package dev.tpm2token.cli.keyfile;

import org.jspecify.annotations.Nullable;

/** A file that holds no key that can be had; the message goes after the file's name. */
public final class KeyFileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean wrongPassphrase;

  private KeyFileException(String message, boolean wrongPassphrase, @Nullable Throwable cause) {
    super(message, cause);
    this.wrongPassphrase = wrongPassphrase;
  }

  /** Because of what is in it. */
  KeyFileException(String message) {
    this(message, false, null);
  }

  /** Because of what is in it, and something found out. */
  KeyFileException(String message, Throwable cause) {
    this(message, false, cause);
  }

  /** Because it does not open. */
  static KeyFileException wrongPassphrase(Throwable cause) {
    return new KeyFileException("the passphrase is wrong", true, cause);
  }

  /** Whether another passphrase might open it. */
  public boolean isWrongPassphrase() {
    return wrongPassphrase;
  }
}
