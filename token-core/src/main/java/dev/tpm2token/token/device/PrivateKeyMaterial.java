package dev.tpm2token.token.device;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;

/**
 * A private key on its way into the TPM.
 *
 * @param publicKey its public half
 * @param secret what TPMT_SENSITIVE holds: an RSA key's first prime, or d of a key on a curve
 */
public record PrivateKeyMaterial(PublicKey publicKey, Secret secret) implements AutoCloseable {
  @Override
  public void close() {
    secret.close();
  }
}
