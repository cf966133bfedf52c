package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_NOT_INITIALIZED;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VERIFY;

import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.mechanism.VerifyOperation;
import dev.tpm2token.token.object.CryptokiObject;

/**
 * A session's verification (PKCS#11 3.1, section 5.15): in software, without login. In 3.2 the
 * signature may come before the data.
 */
public final class Verifying {
  private final Token token;
  private final KeyAccess access;
  private final UnderWay<VerifyOperation> verify = new UnderWay<>();

  /** The signature that came before the data, where it did. */
  private final UnderWay<byte[]> awaited = new UnderWay<>();

  Verifying(Token token, KeyAccess access) {
    this.token = token;
    this.access = access;
  }

  /** C_VerifyInit. */
  public synchronized void init(MechanismCall call, long key) {
    verify.checkNone();
    Mechanism mechanism = access.mechanism(call, Function.VERIFY);
    CryptokiObject object = access.key(key, CKA_VERIFY, mechanism);
    verify.begin(
        access.begin(
            object,
            opened -> Operations.verify(mechanism, call.parameter(), token.device(), opened)));
  }

  /**
   * C_VerifyInit, C_VerifySignatureInit without a mechanism (as of 3.0): ends what is under way.
   */
  public synchronized void terminate() {
    verify.checkCanEnd();
    end();
  }

  /** C_VerifyUpdate; where it fails, the operation ends. */
  public synchronized void update(Data data) {
    checkActive();
    feed(data);
  }

  private void feed(Data data) {
    data.feedOrEnd(verify.getForPart()::update, this::end);
  }

  /** C_VerifyFinal; the operation ends, whatever comes of it. */
  public synchronized void finish(byte[] signature) {
    checkActive();
    check(signature);
  }

  private void check(byte[] signature) {
    try {
      verify.get().finish(signature);
    } finally {
      end();
    }
  }

  /** C_Verify. */
  public synchronized void verify(Data data, byte[] signature) {
    checkActive();
    verify.checkInOnePart(this::end);
    feed(data);
    check(signature);
  }

  /** C_VerifySignatureInit of 3.2: the signature comes first. */
  public synchronized void init(MechanismCall call, long key, byte[] signature) {
    init(call, key);
    awaited.begin(signature);
  }

  /** C_VerifySignature. */
  public synchronized void verifyAwaited(Data data) {
    awaited.get();
    verify.checkInOnePart(this::end);
    feed(data);
    finishAwaited();
  }

  /** C_VerifySignatureUpdate. */
  public synchronized void updateAwaited(Data data) {
    awaited.get();
    feed(data);
  }

  /** C_VerifySignatureFinal. */
  public synchronized void finishAwaited() {
    check(awaited.get());
  }

  /** One must be under way for which the signature comes after the data. */
  synchronized void checkActive() {
    verify.get();
    if (awaited.isActive()) {
      throw new CryptokiException(
          CKR_OPERATION_NOT_INITIALIZED, "what is under way has its signature already");
    }
  }

  synchronized boolean isActive() {
    return verify.isActive();
  }

  /** Ends what is under way, if anything is. */
  synchronized void end() {
    VerifyOperation current = verify.orNull();
    if (current != null) {
      current.close();
    }
    verify.end();
    awaited.end();
  }
}
