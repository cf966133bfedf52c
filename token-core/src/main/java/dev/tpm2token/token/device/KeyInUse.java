package dev.tpm2token.token.device;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.tpm.Key;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.Policy;

/**
 * A private key while an operation uses it. Closing zeroes the authValue; a logout closes every key
 * in use.
 *
 * @param key what the TPM loads, or keeps
 * @param parent the storage key to which the session is salted that uses it
 * @param policy what has to be so besides
 * @param auth the key's authValue
 * @param publicKey the public half
 */
public record KeyInUse(Key key, Parent parent, Policy policy, Secret auth, PublicKey publicKey)
    implements AutoCloseable {
  @Override
  public void close() {
    auth.close();
  }
}
