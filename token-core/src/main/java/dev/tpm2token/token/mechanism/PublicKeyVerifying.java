package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_SIGNATURE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_SIGNATURE_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.PublicKey;

/** A verification with a public key: in software, without login. */
final class PublicKeyVerifying implements VerifyOperation {
  private final SignatureScheme scheme;
  private final PublicKey key;
  private final Message message;

  PublicKeyVerifying(Mechanism mechanism, SignatureScheme scheme, PublicKey key) {
    this.scheme = scheme;
    this.key = key;
    this.message = new Message(mechanism, scheme, key);
  }

  @Override
  public void update(byte[] part) {
    message.update(part);
  }

  @Override
  public void finish(byte[] signature) {
    if (signature.length != key.signatureLength()) {
      throw new CryptokiException(CKR_SIGNATURE_LEN_RANGE);
    }
    if (!scheme.verify(key, message.finish(), signature)) {
      throw new CryptokiException(CKR_SIGNATURE_INVALID);
    }
  }
}
