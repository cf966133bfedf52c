package dev.tpm2token.token.store;

/**
 * The token is not the one that this process knows any more: another has initialised it anew, or
 * removed it. What was to be written belongs to nobody.
 */
public final class TokenGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Of the token in a folder of the store. */
  public TokenGoneException(Object folder) {
    super("the token in %s was initialised anew, or removed, meanwhile".formatted(folder));
  }
}
