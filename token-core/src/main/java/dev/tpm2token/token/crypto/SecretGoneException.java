package dev.tpm2token.token.crypto;

/** A secret was zeroed before it was used: a logout came in between. */
public final class SecretGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SecretGoneException() {
    super("the secret has been zeroed");
  }
}
