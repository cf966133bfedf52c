package dev.tpm2token.tpm;

/**
 * The TPM is not reachable, was cut off, or did not answer in time; the message says what to do.
 */
public final class TpmTransportException extends TpmException {
  private static final long serialVersionUID = 1L;

  public TpmTransportException(String message) {
    super(message);
  }

  public TpmTransportException(String message, Throwable cause) {
    super(message, cause);
  }
}
