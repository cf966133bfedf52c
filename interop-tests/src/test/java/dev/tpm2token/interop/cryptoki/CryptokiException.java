package dev.tpm2token.interop.cryptoki;

/** A function answered something else than CKR_OK. */
public final class CryptokiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Rv rv;

  CryptokiException(Enum<?> function, long value) {
    super("%s: %s (0x%x)".formatted(function, Rv.of(value), value));
    rv = Rv.of(value);
  }

  /** What it answered. */
  public Rv rv() {
    return rv;
  }
}
