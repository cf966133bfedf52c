package dev.tpm2token.token.crypto;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/** Secret bytes that zero themselves when closed and print nothing of themselves. */
public final class Secret implements AutoCloseable {
  private final byte[] bytes;
  private boolean closed;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes the bytes over: they are zeroed with this. */
  public static Secret taking(byte[] bytes) {
    return new Secret(bytes);
  }

  /** A copy of the bytes; the caller's stay the caller's. */
  public static Secret copyOf(byte[] bytes) {
    return new Secret(bytes.clone());
  }

  /** Another that lives on its own. */
  public synchronized Secret copy() {
    checkOpen();
    return copyOf(bytes);
  }

  /**
   * Lends the bytes to work that keeps nothing of them.
   *
   * @throws SecretGoneException where the secret is gone
   */
  public synchronized <T> T use(Function<byte[], T> work) {
    checkOpen();
    return work.apply(bytes);
  }

  /** Whether both hold the same bytes, in time that does not tell where they differ. */
  public synchronized boolean matches(byte[] other) {
    checkOpen();
    return MessageDigest.isEqual(bytes, other);
  }

  private void checkOpen() {
    if (closed) {
      throw new SecretGoneException();
    }
  }

  @Override
  public synchronized void close() {
    Arrays.fill(bytes, (byte) 0);
    closed = true;
  }

  @Override
  public String toString() {
    return "Secret";
  }
}
