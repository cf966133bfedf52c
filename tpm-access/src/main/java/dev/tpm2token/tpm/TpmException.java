package dev.tpm2token.tpm;

import java.util.Objects;

/** What can go wrong between this process and its TPM. No message holds a secret. */
public abstract sealed class TpmException extends RuntimeException
    permits TpmResponseException, TpmProtocolException, TpmTransportException {
  private static final long serialVersionUID = 1L;

  TpmException(String message) {
    super(message);
  }

  TpmException(String message, Throwable cause) {
    super(message, cause);
  }

  /** There always is one. */
  @Override
  public String getMessage() {
    return Objects.requireNonNullElse(super.getMessage(), "");
  }
}
