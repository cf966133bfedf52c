package dev.tpm2token.tpm;

/** A response that is malformed, or that the TPM did not make: its HMAC or its Name is wrong. */
public final class TpmProtocolException extends TpmException {
  private static final long serialVersionUID = 1L;

  public TpmProtocolException(String message) {
    super(message);
  }
}
