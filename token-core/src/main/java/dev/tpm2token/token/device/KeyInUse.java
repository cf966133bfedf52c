package dev.tpm2token.token.device;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.tpm.Key;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.Policy;
import java.util.Optional;

/**
 * A key in the TPM while an operation uses it. Closing zeroes the authValue; a logout closes every
 * key in use.
 *
 * @param key what the TPM loads, or keeps
 * @param parent the storage key to which the session is salted that uses it
 * @param policy what has to be so besides
 * @param auth the key's authValue
 * @param publicHalf of a private key
 */
public record KeyInUse(
    Key key, Parent parent, Policy policy, Secret auth, Optional<PublicKey> publicHalf)
    implements AutoCloseable {
  /** The public half of a private key. */
  public PublicKey publicKey() {
    return publicHalf.orElseThrow(() -> new IllegalStateException("a secret key"));
  }

  @Override
  public void close() {
    auth.close();
  }
}
