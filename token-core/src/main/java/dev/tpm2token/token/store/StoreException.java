package dev.tpm2token.token.store;

/** The store cannot be read or written; the message names the path and what to do. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean writeProtected;

  StoreException(String message, Throwable cause, boolean writeProtected) {
    super(message, cause);
    this.writeProtected = writeProtected;
  }

  /** Whether the store may be read but not written by this user. */
  public boolean writeProtected() {
    return writeProtected;
  }
}
