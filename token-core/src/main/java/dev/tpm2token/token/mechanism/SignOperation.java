package dev.tpm2token.token.mechanism;

/** A signature in the making, from C_SignInit on. It owns the key it uses. */
public interface SignOperation extends AutoCloseable {
  /** Bytes that the signature will have, known without making it. */
  int length();

  /** Takes a part of the data. */
  void update(byte[] part);

  /** Signs what was given. */
  byte[] finish();

  @Override
  void close();
}
