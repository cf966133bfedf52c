package dev.tpm2token.token.device;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.tpm.KeyBlob;

/**
 * A private key while an operation uses it: the blob that the TPM loads, the authValue that it asks
 * for, and the public half. Closing zeroes the authValue; a logout closes every key in use.
 *
 * @param blob what the TPM loads
 * @param auth the key's authValue
 * @param publicKey the public half
 */
public record KeyInUse(KeyBlob blob, Secret auth, PublicKey publicKey) implements AutoCloseable {
  @Override
  public void close() {
    auth.close();
  }
}
