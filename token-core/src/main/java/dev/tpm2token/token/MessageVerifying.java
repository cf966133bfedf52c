package dev.tpm2token.token;

import static dev.tpm2token.token.attribute.AttributeType.CKA_VERIFY;

import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.mechanism.Parameter;
import dev.tpm2token.token.mechanism.VerifyOperation;
import dev.tpm2token.token.object.CryptokiObject;

/** A session's verification of messages under one key (PKCS#11 3.1, section 5.16). */
public final class MessageVerifying {
  private record Messages(Mechanism mechanism, Parameter parameter, CryptokiObject key) {}

  private final Token token;
  private final KeyAccess access;
  private final UnderWay<Messages> messages = new UnderWay<>();
  private final UnderWay<VerifyOperation> message = new UnderWay<>();

  MessageVerifying(Token token, KeyAccess access) {
    this.token = token;
    this.access = access;
  }

  /** C_MessageVerifyInit. */
  public synchronized void init(MechanismCall call, long key) {
    messages.checkNone();
    Mechanism mechanism = access.messageMechanism(call, Function.MESSAGE_VERIFY);
    Messages begun =
        new Messages(mechanism, call.parameter(), access.key(key, CKA_VERIFY, mechanism));
    try (VerifyOperation _ = operation(begun)) { // a wrong key or parameter is told now
      messages.begin(begun);
    }
  }

  /** Whether a message may begin: the process is under way, and no message is. */
  public synchronized void checkMayBegin() {
    messages.get();
    message.checkNone();
  }

  /** Whether a message is under way. */
  public synchronized void checkBegun() {
    messages.get();
    message.get();
  }

  /** C_VerifyMessage. */
  public synchronized void verify(Data data, byte[] signature) {
    begin();
    update(data);
    finishMessage(signature);
  }

  /** C_VerifyMessageBegin. */
  public synchronized void begin() {
    checkMayBegin();
    message.begin(operation(messages.get()));
  }

  /** C_VerifyMessageNext without an end; where it fails, the message ends. */
  public synchronized void update(Data data) {
    messages.get();
    data.feedOrEnd(message.get()::update, this::endMessage);
  }

  /** C_VerifyMessageNext's end, after its data: the message ends, whatever comes of it. */
  public synchronized void finishMessage(byte[] signature) {
    try {
      message.get().finish(signature);
    } finally {
      endMessage();
    }
  }

  /** C_MessageVerifyFinal. */
  public synchronized void finish() {
    messages.get();
    message.checkNone();
    end();
  }

  /** Ends what is under way, if anything is. */
  public synchronized void end() {
    endMessage();
    messages.end();
  }

  private void endMessage() {
    VerifyOperation current = message.orNull();
    if (current != null) {
      current.close();
    }
    message.end();
  }

  private VerifyOperation operation(Messages begun) {
    return access.begin(
        begun.key(),
        opened -> Operations.verify(begun.mechanism(), begun.parameter(), token.device(), opened));
  }
}
