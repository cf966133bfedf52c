package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_ACTIVE;
import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_NOT_INITIALIZED;
import static dev.tpm2token.token.ReturnValue.CKR_SIGNATURE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_SIGNATURE_LEN_RANGE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SIGN_RECOVER;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VERIFY_RECOVER;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.mechanism.SignOperation;
import dev.tpm2token.token.mechanism.SignatureScheme;
import dev.tpm2token.token.object.CryptokiObject;
import org.jspecify.annotations.Nullable;

/** A session's signatures from which the data can be had again: RSA_PKCS and X_509. */
public final class Recovering {
  private record Verification(SignatureScheme scheme, PublicKey key) {}

  private final Token token;
  private final KeyAccess access;
  private final PinGate gate = new PinGate();

  private @Nullable SignOperation sign;
  private @Nullable Verification verify;

  Recovering(Token token, KeyAccess access) {
    this.token = token;
    this.access = access;
  }

  /** C_SignRecoverInit. */
  public synchronized void signInit(MechanismCall call, long key) {
    idle(sign);
    Mechanism mechanism = access.mechanism(call, Function.SIGN_RECOVER);
    CryptokiObject object = access.key(key, CKA_SIGN_RECOVER, mechanism);
    sign =
        access.begin(
            object, opened -> Operations.sign(mechanism, call.parameter(), token.device(), opened));
    gate.begin(object);
  }

  /** Bytes of the signature under way. */
  public synchronized int signatureLength() {
    return active(sign).length();
  }

  /** C_SignRecover; the operation ends, whatever comes of it. */
  public synchronized byte[] sign(byte[] data) {
    try {
      SignOperation current = active(sign);
      gate.pass();
      current.update(data);
      return current.finish();
    } finally {
      endSign();
    }
  }

  /** C_VerifyRecoverInit. */
  public synchronized void verifyInit(MechanismCall call, long key) {
    idle(verify);
    Mechanism mechanism = access.mechanism(call, Function.VERIFY_RECOVER);
    CryptokiObject object = access.key(key, CKA_VERIFY_RECOVER, mechanism);
    verify =
        new Verification(
            Operations.scheme(mechanism, call.parameter()), PublicKey.of(object.attributes()));
  }

  /** Bytes that can be recovered at most. */
  public synchronized int recoveredLength() {
    Verification current = active(verify);
    return current.scheme().longestInput(current.key());
  }

  /**
   * C_VerifyRecover: what was signed. The operation ends unless the result needs more room.
   *
   * @throws BufferTooSmallException where that is so
   */
  public synchronized byte[] verify(byte[] signature, long room) {
    Verification current = active(verify);
    verify = null;
    if (signature.length != current.key().signatureLength()) {
      throw new CryptokiException(CKR_SIGNATURE_LEN_RANGE);
    }
    byte[] data =
        current
            .scheme()
            .recover(current.key(), signature)
            .orElseThrow(() -> new CryptokiException(CKR_SIGNATURE_INVALID));
    if (room < data.length) {
      verify = current;
      throw new BufferTooSmallException(data.length);
    }
    return data;
  }

  PinGate gate() {
    return gate;
  }

  synchronized void endSign() {
    if (sign != null) {
      sign.close();
      sign = null;
    }
    gate.open();
  }

  synchronized void endVerify() {
    verify = null;
  }

  /** Ends what is under way, if anything is. */
  synchronized void end() {
    endSign();
    endVerify();
  }

  private static void idle(@Nullable Object operation) {
    if (operation != null) {
      throw new CryptokiException(CKR_OPERATION_ACTIVE);
    }
  }

  private static <T> T active(@Nullable T operation) {
    if (operation == null) {
      throw new CryptokiException(CKR_OPERATION_NOT_INITIALIZED);
    }
    return operation;
  }
}
