package dev.tpm2token.token;

import static dev.tpm2token.token.attribute.AttributeType.CKA_SIGN;

import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.mechanism.Parameter;
import dev.tpm2token.token.mechanism.SignOperation;
import dev.tpm2token.token.object.CryptokiObject;

/** A session's signatures of messages under one key (PKCS#11 3.1, section 5.14). */
public final class MessageSigning {
  private record Messages(
      Mechanism mechanism, Parameter parameter, CryptokiObject key, int length) {}

  private final Token token;
  private final KeyAccess access;
  private final PinGate gate = new PinGate();
  private final UnderWay<Messages> messages = new UnderWay<>();
  private final UnderWay<SignOperation> message = new UnderWay<>();

  MessageSigning(Token token, KeyAccess access) {
    this.token = token;
    this.access = access;
  }

  /** C_MessageSignInit. */
  public synchronized void init(MechanismCall call, long key) {
    messages.checkNone();
    Mechanism mechanism = access.messageMechanism(call, Function.MESSAGE_SIGN);
    CryptokiObject object = access.key(key, CKA_SIGN, mechanism);
    try (SignOperation trial = operation(mechanism, call.parameter(), object)) {
      messages.begin(new Messages(mechanism, call.parameter(), object, trial.length()));
    }
    gate.begin(object);
  }

  /** Bytes of a signature. */
  public synchronized int length() {
    return messages.get().length();
  }

  /** C_SignMessage. */
  public synchronized byte[] sign(Data data) {
    begin();
    return finishMessage(data);
  }

  /** Whether a message may begin: the process is under way, and no message is. */
  public synchronized void checkMayBegin() {
    messages.get();
    message.checkNone();
  }

  /** C_SignMessageBegin. */
  public synchronized void begin() {
    checkMayBegin();
    Messages current = messages.get();
    message.begin(operation(current.mechanism(), current.parameter(), current.key()));
  }

  /** C_SignMessageNext without an end; where it fails, the message ends. */
  public synchronized void update(Data data) {
    messages.get();
    SignOperation current = message.get();
    data.feedOrEnd(
        part -> {
          gate.pass();
          current.update(part);
        },
        this::endMessage);
  }

  /** Whether a message is under way. */
  public synchronized void checkBegun() {
    messages.get();
    message.get();
  }

  /** C_SignMessageNext with the last data: the message ends, whatever comes of it. */
  public synchronized byte[] finishMessage(Data data) {
    Messages current = messages.get();
    SignOperation operation = message.get();
    try {
      gate.pass();
      data.feed(operation::update);
      return operation.finish();
    } finally {
      endMessage();
      gate.begin(current.key());
    }
  }

  /** C_MessageSignFinal. */
  public synchronized void finish() {
    messages.get();
    message.checkNone();
    end();
  }

  /** What a PIN for one message opens. */
  PinGate gate() {
    return gate;
  }

  /** Ends what is under way, if anything is. */
  public synchronized void end() {
    endMessage();
    messages.end();
    gate.open();
  }

  private void endMessage() {
    SignOperation current = message.orNull();
    if (current != null) {
      current.close();
    }
    message.end();
  }

  private SignOperation operation(Mechanism mechanism, Parameter parameter, CryptokiObject object) {
    return access.begin(
        object, opened -> Operations.sign(mechanism, parameter, token.device(), opened));
  }
}
