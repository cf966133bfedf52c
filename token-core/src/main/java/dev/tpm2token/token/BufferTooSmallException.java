package dev.tpm2token.token;

/** The result does not fit; nothing is lost, and the client may ask again with more room. */
public final class BufferTooSmallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int length;

  BufferTooSmallException(int length) {
    super("the result has %d bytes".formatted(length));
    this.length = length;
  }

  /** Bytes that the result has. */
  public int length() {
    return length;
  }
}
