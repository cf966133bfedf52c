package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_SIGNATURE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_SIGNATURE_LEN_RANGE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VERIFY_RECOVER;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.mechanism.SignatureScheme;
import dev.tpm2token.token.object.CryptokiObject;

/** A session's recovery of data from a signature: RSA_PKCS and X_509 (PKCS#11 3.1, 5.15.5). */
public final class Recovering {
  private record Recovery(SignatureScheme scheme, PublicKey key) {}

  private final KeyAccess access;
  private final UnderWay<Recovery> recovery = new UnderWay<>();

  Recovering(KeyAccess access) {
    this.access = access;
  }

  /** C_VerifyRecoverInit. */
  public synchronized void init(MechanismCall call, long key) {
    recovery.checkNone();
    Mechanism mechanism = access.mechanism(call, Function.VERIFY_RECOVER);
    CryptokiObject object = access.key(key, CKA_VERIFY_RECOVER, mechanism);
    recovery.begin(
        new Recovery(
            Operations.scheme(mechanism, call.parameter()), PublicKey.of(object.attributes())));
  }

  /** C_VerifyRecoverInit without a mechanism (as of 3.0): ends what is under way. */
  public synchronized void terminate() {
    recovery.checkCanEnd();
    end();
  }

  /** Bytes that can be recovered at most. */
  public synchronized int length() {
    Recovery current = recovery.get();
    return current.scheme().longestInput(current.key());
  }

  /**
   * C_VerifyRecover: what was signed. The operation ends unless the result needs more room.
   *
   * @throws BufferTooSmallException where that is so
   */
  public synchronized byte[] recover(byte[] signature, long room) {
    Recovery current = recovery.get();
    recovery.end();
    if (signature.length != current.key().signatureLength()) {
      throw new CryptokiException(CKR_SIGNATURE_LEN_RANGE);
    }
    byte[] data =
        current
            .scheme()
            .recover(current.key(), signature)
            .orElseThrow(() -> new CryptokiException(CKR_SIGNATURE_INVALID));
    if (room < data.length) {
      recovery.begin(current);
      throw new BufferTooSmallException(data.length);
    }
    return data;
  }

  /** Ends what is under way, if anything is. */
  synchronized void end() {
    recovery.end();
  }
}
