package dev.tpm2token.token;

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
    awaited.end();
    Mechanism mechanism = access.mechanism(call, Function.VERIFY);
    CryptokiObject object = access.key(key, CKA_VERIFY, mechanism);
    verify.begin(
        access.begin(
            object,
            opened -> Operations.verify(mechanism, call.parameter(), token.device(), opened)));
  }

  /** C_VerifyUpdate; where it fails, the operation ends. */
  public synchronized void update(Data data) {
    data.feedOrEnd(verify.get()::update, this::end);
  }

  /** C_VerifyFinal; the operation ends, whatever comes of it. */
  public synchronized void finish(byte[] signature) {
    try {
      verify.get().finish(signature);
    } finally {
      end();
    }
  }

  /** C_Verify. */
  public synchronized void verify(Data data, byte[] signature) {
    update(data);
    finish(signature);
  }

  /** C_VerifySignatureInit of 3.2: the signature comes first. */
  public synchronized void init(MechanismCall call, long key, byte[] signature) {
    init(call, key);
    awaited.begin(signature);
  }

  /** C_VerifySignatureUpdate, and the data of C_VerifySignature. */
  public synchronized void updateAwaited(Data data) {
    awaited.get();
    update(data);
  }

  /** C_VerifySignatureFinal. */
  public synchronized void finishAwaited() {
    byte[] signature = awaited.get();
    awaited.end();
    finish(signature);
  }

  /** Where two operations go on at once, this must be under way. */
  synchronized void checkActive() {
    verify.get();
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
  }
}
