package dev.tpm2token.token.object;

import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIVATE;

import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.crypto.Secret;
import org.jspecify.annotations.Nullable;

/**
 * An object: what it says of itself and, for a private key, what it is in the TPM, or for a secret
 * key its bytes. Not changed once made.
 *
 * @param id its name in the store, and CKA_UNIQUE_ID
 * @param attributes what it says of itself
 * @param key for a private key
 * @param secret for a secret key: CKA_VALUE, which is not among the attributes
 */
public record CryptokiObject(
    ObjectId id, Attributes attributes, @Nullable TpmKey key, @Nullable Secret secret) {
  /**
   * A key that the TPM alone can open.
   *
   * @param publicArea TPMT_PUBLIC
   * @param privateArea TPM2B_PRIVATE's buffer
   * @param auth the key's authValue, sealed under the token key
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  public record TpmKey(byte[] publicArea, byte[] privateArea, byte[] auth) {}

  /** Whether one must be logged in to see it. */
  public boolean isPrivate() {
    return attributes.isTrue(CKA_PRIVATE);
  }

  /** The same object with other attributes. */
  public CryptokiObject with(Attributes changed) {
    return new CryptokiObject(id, changed, key, secret);
  }

  /** Zeroes the secret, when nobody needs the object any more. */
  public void erase() {
    if (secret != null) {
      secret.close();
    }
  }
}
