package dev.tpm2token.token;

/**
 * A call that ends with a return value other than CKR_OK. The message is for the log: it says what
 * is wrong and, where something can be done, what to do; it never holds a secret.
 */
public final class CryptokiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ReturnValue returnValue;

  /** A failure that the return value alone explains. */
  public CryptokiException(ReturnValue returnValue) {
    this(returnValue, returnValue.name());
  }

  /** A failure with words for the log. */
  public CryptokiException(ReturnValue returnValue, String message) {
    super(message);
    this.returnValue = returnValue;
  }

  /** A failure with words for the log and what brought it about. */
  public CryptokiException(ReturnValue returnValue, String message, Throwable cause) {
    super(message, cause);
    this.returnValue = returnValue;
  }

  /** What the client is told. */
  public ReturnValue returnValue() {
    return returnValue;
  }
}
