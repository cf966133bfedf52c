package dev.tpm2token.token.keyfile;

/** A key file whose policy cannot be satisfied here; the message says why. */
public final class UnmetPolicyException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  UnmetPolicyException(String message) {
    super(message);
  }
}
