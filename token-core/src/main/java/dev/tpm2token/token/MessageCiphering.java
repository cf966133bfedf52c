package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_AEAD_DECRYPT_FAILED;
import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.mechanism.CipherOperation;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.GcmIvs;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.mechanism.Parameter;
import dev.tpm2token.token.object.CryptokiObject;
import java.util.Arrays;

/**
 * A session's encryption or decryption of messages under one key (PKCS#11 3.1, sections 5.9 and
 * 5.11): AES-GCM, each message with its own IV, associated data and tag. No text is given out
 * before its tag has been found right.
 */
public final class MessageCiphering {
  /**
   * A message that is done, or a part of it.
   *
   * @param iv with which it was encrypted
   * @param text the other form of what was given
   * @param tag of an encrypted message, at its end
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  public record Result(byte[] iv, byte[] text, byte[] tag) {
    /** In one piece, as what is no message has it. */
    public byte[] textAndTag() {
      byte[] whole = Arrays.copyOf(text, text.length + tag.length);
      System.arraycopy(tag, 0, whole, text.length, tag.length);
      return whole;
    }
  }

  private static final byte[] NOTHING = {};

  private record Messages(Mechanism mechanism, Operations.Key key, GcmIvs ivs) {}

  /** Its cipher is not closed: the key is for those that follow too. */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  private record Message(CipherOperation cipher, byte[] iv, int tagBytes) {}

  private final boolean encrypting;
  private final Token token;
  private final KeyAccess access;
  private final UnderWay<Messages> messages = new UnderWay<>();
  private final UnderWay<Message> message = new UnderWay<>();

  MessageCiphering(boolean encrypting, Token token, KeyAccess access) {
    this.encrypting = encrypting;
    this.token = token;
    this.access = access;
  }

  /** C_MessageEncryptInit, C_MessageDecryptInit. */
  public synchronized void init(MechanismCall call, long key) {
    messages.checkNone();
    Mechanism mechanism =
        access.messageMechanism(
            call, encrypting ? Function.MESSAGE_ENCRYPT : Function.MESSAGE_DECRYPT);
    AttributeType permission = encrypting ? AttributeType.CKA_ENCRYPT : AttributeType.CKA_DECRYPT;
    begin(mechanism, access.key(key, permission, mechanism));
  }

  void begin(Mechanism mechanism, CryptokiObject object) {
    Operations.Key key = access.begin(object, opened -> opened);
    messages.begin(new Messages(mechanism, key, new GcmIvs(token.random())));
  }

  /** Bytes that a message so long gives: as many. */
  public synchronized int length(int text) {
    messages.get();
    message.checkNone();
    return text;
  }

  /** C_EncryptMessage, C_DecryptMessage. */
  public synchronized Result whole(Parameter.GcmMessage parameter, byte[] associated, byte[] text) {
    messages.get();
    message.checkNone();
    return finish(start(parameter, associated), text, parameter);
  }

  /**
   * The one message of a key that is wrapped or unwrapped, from which no counter goes on; the end.
   */
  Result single(Parameter.GcmMessage parameter, byte[] associated, byte[] text) {
    try {
      if (encrypting) {
        GcmIvs.checkSingle(parameter);
      }
      return whole(parameter, associated, text);
    } finally {
      end();
    }
  }

  /** C_EncryptMessageBegin, C_DecryptMessageBegin: the message's IV. */
  public synchronized byte[] begin(Parameter.GcmMessage parameter, byte[] associated) {
    checkMayBegin();
    Message begun = start(parameter, associated);
    message.begin(begun);
    return begun.iv();
  }

  /** Whether a message may begin: the process is under way, and no message is. */
  public synchronized void checkMayBegin() {
    messages.get();
    message.checkNone();
  }

  /** Bytes that a part so long gives. */
  public synchronized int partLength(int part, boolean last) {
    messages.get();
    Message current = message.get();
    if (!last) {
      return current.cipher().updateLength(part);
    }
    return encrypting
        ? current.cipher().finalLength(part) - current.tagBytes()
        : current.cipher().finalLength(part + current.tagBytes());
  }

  /** C_EncryptMessageNext, C_DecryptMessageNext; where it fails, the message ends. */
  public synchronized Result part(byte[] part) {
    Message current = message.get();
    message.end();
    byte[] text = current.cipher().update(part);
    message.begin(current);
    return new Result(current.iv(), text, NOTHING);
  }

  /** The same with CKF_END_OF_MESSAGE: the message ends, whatever comes of it. */
  public synchronized Result lastPart(byte[] part, Parameter.GcmMessage parameter) {
    Message current = message.get();
    message.end();
    return finish(current, part, parameter);
  }

  /** C_MessageEncryptFinal, C_MessageDecryptFinal. */
  public synchronized void finish() {
    messages.get();
    message.checkNone();
    end();
  }

  /** Ends what is under way, if anything is. */
  public synchronized void end() {
    Messages current = messages.orNull();
    if (current != null) {
      current.key().close();
    }
    messages.end();
    message.end();
  }

  private Message start(Parameter.GcmMessage parameter, byte[] associated) {
    Messages current = messages.get();
    byte[] iv = encrypting ? current.ivs().next(parameter) : parameter.iv();
    return new Message(
        Operations.cipher(
            encrypting,
            current.mechanism(),
            new Parameter.Gcm(iv, associated, parameter.tagBits()),
            token.device(),
            current.key()),
        iv,
        parameter.tagBytes());
  }

  private Result finish(Message current, byte[] part, Parameter.GcmMessage parameter) {
    if (parameter.tagBytes() != current.tagBytes()) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, "the tag has another length than at the beginning");
    }
    if (encrypting) {
      byte[] whole = current.cipher().finish(part);
      int text = whole.length - current.tagBytes();
      return new Result(
          current.iv(), Arrays.copyOf(whole, text), Arrays.copyOfRange(whole, text, whole.length));
    }
    current.cipher().update(part);
    try {
      return new Result(current.iv(), current.cipher().finish(parameter.tag()), NOTHING);
    } catch (CryptokiException e) {
      throw e.returnValue() == CKR_ENCRYPTED_DATA_INVALID
          ? new CryptokiException(CKR_AEAD_DECRYPT_FAILED, "the tag is wrong", e)
          : e;
    }
  }
}
