package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TokenDevice;

/** A signature that the TPM makes, with one command, at the end. */
final class PrivateKeySigning implements SignOperation {
  private final SignatureScheme scheme;
  private final TokenDevice device;
  private final KeyInUse key;
  private final Message message;

  /** Begins; the key is closed with the operation. */
  PrivateKeySigning(Mechanism mechanism, SignatureScheme scheme, TokenDevice device, KeyInUse key) {
    this.scheme = scheme;
    this.device = device;
    this.key = key;
    this.message = new Message(mechanism, scheme, key.publicKey());
  }

  @Override
  public int length() {
    return key.publicKey().signatureLength();
  }

  @Override
  public void update(byte[] part) {
    message.update(part);
  }

  @Override
  public byte[] finish() {
    return scheme.sign(device, key, message.finish());
  }

  @Override
  public void close() {
    key.close();
  }
}
