package dev.tpm2token.token;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.mechanism.SignOperation;
import dev.tpm2token.token.object.CryptokiObject;

/**
 * A session's signature, or its signature from which the data can be had again (PKCS#11 3.1,
 * sections 5.13).
 */
public final class Signing {
  private final Function function;
  private final AttributeType permission;
  private final Token token;
  private final KeyAccess access;
  private final PinGate gate = new PinGate();
  private final UnderWay<SignOperation> sign = new UnderWay<>();

  Signing(Function function, AttributeType permission, Token token, KeyAccess access) {
    this.function = function;
    this.permission = permission;
    this.token = token;
    this.access = access;
  }

  /** C_SignInit, C_SignRecoverInit. */
  public synchronized void init(MechanismCall call, long key) {
    sign.checkNone();
    Mechanism mechanism = access.mechanism(call, function);
    CryptokiObject object = access.key(key, permission, mechanism);
    sign.begin(
        access.begin(
            object,
            opened -> Operations.sign(mechanism, call.parameter(), token.device(), opened)));
    gate.begin(object);
  }

  /** C_SignInit, C_SignRecoverInit without a mechanism (as of 3.0): ends what is under way. */
  public synchronized void terminate() {
    sign.checkCanEnd();
    end();
  }

  /** For C_Sign: all the data come at once. */
  public synchronized Signing inOnePart() {
    sign.checkInOnePart(this::end);
    return this;
  }

  /** Bytes of the signature under way. */
  public synchronized int length() {
    return sign.get().length();
  }

  /** C_SignUpdate; where it fails, the operation ends. */
  public synchronized void update(Data data) {
    SignOperation current = sign.getForPart();
    data.feedOrEnd(
        part -> {
          gate.pass();
          current.update(part);
        },
        this::end);
  }

  /** C_SignFinal; the operation ends, whatever comes of it. */
  public synchronized byte[] finish() {
    try {
      SignOperation current = sign.get();
      gate.pass();
      return current.finish();
    } finally {
      end();
    }
  }

  /** C_Sign, C_SignRecover. */
  public synchronized byte[] sign(Data data) {
    update(data);
    return finish();
  }

  synchronized boolean isActive() {
    return sign.isActive();
  }

  /** What a PIN for this one operation opens. */
  PinGate gate() {
    return gate;
  }

  /** Ends what is under way, if anything is. */
  synchronized void end() {
    SignOperation current = sign.orNull();
    if (current != null) {
      current.close();
    }
    sign.end();
    gate.open();
  }
}
