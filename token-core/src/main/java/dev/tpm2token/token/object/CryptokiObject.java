package dev.tpm2token.token.object;

import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIVATE;

import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.tpm.KeyBlob;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.structure.TpmHandle;
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
   * @param privateArea TPM2B_PRIVATE's buffer; empty where the TPM keeps the key
   * @param auth the key's authValue, sealed under the token key
   * @param place where it is
   * @param policy what has to be so for it to be used, besides its authValue
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  public record TpmKey(
      byte[] publicArea, byte[] privateArea, byte[] auth, Place place, Policy policy) {
    /** One that the token's storage key wraps. */
    public static TpmKey of(KeyBlob blob, byte[] auth, Policy policy) {
      return new TpmKey(
          blob.publicArea().marshal(), blob.privateArea(), auth, new Place.Token(), policy);
    }
  }

  /** Where a key is. */
  public sealed interface Place {
    /** In the store, wrapped by the token's storage key. */
    record Token() implements Place {}

    /** In the store, wrapped by another storage key. */
    record Under(Parent parent) implements Place {}

    /** In the TPM itself. */
    record Kept(TpmHandle handle) implements Place {}
  }

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
