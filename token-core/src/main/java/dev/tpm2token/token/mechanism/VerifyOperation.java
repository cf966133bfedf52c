package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_SIGNATURE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_SIGNATURE_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.PublicKey;

/** A verification in the making, from C_VerifyInit on: in software, without login. */
public final class VerifyOperation {
  private final SignatureScheme scheme;
  private final PublicKey key;
  private final Message message;

  /** Begins. */
  public VerifyOperation(Mechanism mechanism, PublicKey key) {
    this.scheme = mechanism.scheme().orElseThrow();
    this.key = key;
    this.message = new Message(mechanism, key);
  }

  /** Takes a part of the data. */
  public void update(byte[] part) {
    message.update(part);
  }

  /**
   * Ends.
   *
   * @throws CryptokiException CKR_SIGNATURE_LEN_RANGE, CKR_SIGNATURE_INVALID
   */
  public void finish(byte[] signature) {
    if (signature.length != key.signatureLength()) {
      throw new CryptokiException(CKR_SIGNATURE_LEN_RANGE);
    }
    if (!scheme.verify(key, message.finish(), signature)) {
      throw new CryptokiException(CKR_SIGNATURE_INVALID);
    }
  }
}
