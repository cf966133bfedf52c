package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TokenDevice;

/** A signature in the making, from C_SignInit on. It owns the key it uses. */
public final class SignOperation implements AutoCloseable {
  private final SignatureScheme scheme;
  private final TokenDevice device;
  private final KeyInUse key;
  private final Message message;

  /** Begins; the key is closed with the operation. */
  public SignOperation(Mechanism mechanism, TokenDevice device, KeyInUse key) {
    this.scheme = mechanism.scheme().orElseThrow();
    this.device = device;
    this.key = key;
    this.message = new Message(mechanism, key.publicKey());
  }

  /** Bytes that the signature will have, known without making it. */
  public int length() {
    return key.publicKey().signatureLength();
  }

  /** Takes a part of the data. */
  public void update(byte[] part) {
    message.update(part);
  }

  /** Signs what was given. */
  public byte[] finish() {
    return scheme.sign(device, key, message.finish());
  }

  @Override
  public void close() {
    key.close();
  }
}
