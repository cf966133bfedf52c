package dev.tpm2token.token.mechanism;

/** A verification in the making, from C_VerifyInit on. It owns the key it uses. */
public interface VerifyOperation extends AutoCloseable {
  /** Takes a part of the data. */
  void update(byte[] part);

  /**
   * Ends.
   *
   * @throws dev.tpm2token.token.CryptokiException CKR_SIGNATURE_LEN_RANGE, CKR_SIGNATURE_INVALID
   */
  void finish(byte[] signature);

  @Override
  default void close() {}
}
