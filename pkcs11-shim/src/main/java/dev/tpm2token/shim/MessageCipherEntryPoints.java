package dev.tpm2token.shim;

import dev.tpm2token.token.MessageCiphering;
import dev.tpm2token.token.Session;
import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/**
 * Messages that are encrypted and decrypted under one key: PKCS#11 3.1, sections 5.9 and 5.11. As
 * in {@link EntryPoints}. Initialising without a mechanism ends what is under way.
 */
final class MessageCipherEntryPoints {
  /** CKF_END_OF_MESSAGE. */
  private static final long END_OF_MESSAGE = 1;

  private MessageCipherEntryPoints() {}

  @CEntryPoint(name = "tpm2_token_C_MessageEncryptInit")
  static long messageEncryptInit(IsolateThread thread, long session, long mechanism, long key) {
    return Guard.session(
        "C_MessageEncryptInit",
        session,
        s -> {
          if (mechanism == 0) {
            s.messageEncryption().end();
          } else {
            s.messageEncryption().init(Arguments.messageMechanism(mechanism), key);
          }
        });
  }

  @CEntryPoint(name = "tpm2_token_C_EncryptMessage")
  static long encryptMessage(
      IsolateThread thread,
      long session,
      long parameter,
      long parameterLength,
      long associated,
      long associatedLength,
      long text,
      long textLength,
      long result,
      long resultLength) {
    return Guard.session(
        "C_EncryptMessage",
        session,
        s ->
            new Output(result, resultLength)
                .write(
                    s.messageEncryption().length(NativeMemory.length(textLength)),
                    () -> {
                      GcmMessageParameters gcm =
                          GcmMessageParameters.at(parameter, parameterLength).withRoomForTag();
                      MessageCiphering.Result done =
                          s.messageEncryption()
                              .whole(
                                  gcm.forEncryption(),
                                  NativeMemory.read(associated, associatedLength),
                                  NativeMemory.read(text, textLength));
                      gcm.writeIv(done.iv());
                      gcm.writeTag(done.tag());
                      return done.text();
                    }));
  }

  @CEntryPoint(name = "tpm2_token_C_EncryptMessageBegin")
  static long encryptMessageBegin(
      IsolateThread thread,
      long session,
      long parameter,
      long parameterLength,
      long associated,
      long associatedLength) {
    return Guard.session(
        "C_EncryptMessageBegin",
        session,
        s -> {
          s.messageEncryption().checkMayBegin();
          GcmMessageParameters gcm = GcmMessageParameters.at(parameter, parameterLength);
          gcm.writeIv(
              s.messageEncryption()
                  .begin(gcm.forEncryption(), NativeMemory.read(associated, associatedLength)));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_EncryptMessageNext")
  static long encryptMessageNext(
      IsolateThread thread,
      long session,
      long parameter,
      long parameterLength,
      long part,
      long partLength,
      long result,
      long resultLength,
      long flags) {
    return Guard.session(
        "C_EncryptMessageNext",
        session,
        s -> {
          boolean last = (flags & END_OF_MESSAGE) != 0;
          new Output(result, resultLength)
              .write(
                  s.messageEncryption().partLength(NativeMemory.length(partLength), last),
                  () ->
                      last
                          ? encryptLast(s, parameter, parameterLength, part, partLength)
                          : s.messageEncryption().part(NativeMemory.read(part, partLength)).text());
        });
  }

  private static byte[] encryptLast(
      Session session, long parameter, long parameterLength, long part, long partLength) {
    GcmMessageParameters gcm = GcmMessageParameters.at(parameter, parameterLength).withRoomForTag();
    MessageCiphering.Result done =
        session
            .messageEncryption()
            .lastPart(NativeMemory.read(part, partLength), gcm.forEncryption());
    gcm.writeTag(done.tag());
    return done.text();
  }

  @CEntryPoint(name = "tpm2_token_C_MessageEncryptFinal")
  static long messageEncryptFinal(IsolateThread thread, long session) {
    return Guard.session("C_MessageEncryptFinal", session, s -> s.messageEncryption().finish());
  }

  @CEntryPoint(name = "tpm2_token_C_MessageDecryptInit")
  static long messageDecryptInit(IsolateThread thread, long session, long mechanism, long key) {
    return Guard.session(
        "C_MessageDecryptInit",
        session,
        s -> {
          if (mechanism == 0) {
            s.messageDecryption().end();
          } else {
            s.messageDecryption().init(Arguments.messageMechanism(mechanism), key);
          }
        });
  }

  @CEntryPoint(name = "tpm2_token_C_DecryptMessage")
  static long decryptMessage(
      IsolateThread thread,
      long session,
      long parameter,
      long parameterLength,
      long associated,
      long associatedLength,
      long text,
      long textLength,
      long result,
      long resultLength) {
    return Guard.session(
        "C_DecryptMessage",
        session,
        s ->
            new Output(result, resultLength)
                .write(
                    s.messageDecryption().length(NativeMemory.length(textLength)),
                    () -> {
                      GcmMessageParameters gcm =
                          GcmMessageParameters.at(parameter, parameterLength);
                      return s.messageDecryption()
                          .whole(
                              gcm.forDecryption(),
                              NativeMemory.read(associated, associatedLength),
                              NativeMemory.read(text, textLength))
                          .text();
                    }));
  }

  @CEntryPoint(name = "tpm2_token_C_DecryptMessageBegin")
  static long decryptMessageBegin(
      IsolateThread thread,
      long session,
      long parameter,
      long parameterLength,
      long associated,
      long associatedLength) {
    return Guard.session(
        "C_DecryptMessageBegin",
        session,
        s -> {
          s.messageDecryption().checkMayBegin();
          GcmMessageParameters gcm = GcmMessageParameters.at(parameter, parameterLength);
          s.messageDecryption()
              .begin(gcm.forEncryption(), NativeMemory.read(associated, associatedLength));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_DecryptMessageNext")
  static long decryptMessageNext(
      IsolateThread thread,
      long session,
      long parameter,
      long parameterLength,
      long part,
      long partLength,
      long result,
      long resultLength,
      long flags) {
    return Guard.session(
        "C_DecryptMessageNext",
        session,
        s -> {
          boolean last = (flags & END_OF_MESSAGE) != 0;
          new Output(result, resultLength)
              .write(
                  s.messageDecryption().partLength(NativeMemory.length(partLength), last),
                  () ->
                      last
                          ? decryptLast(s, parameter, parameterLength, part, partLength)
                          : s.messageDecryption().part(NativeMemory.read(part, partLength)).text());
        });
  }

  private static byte[] decryptLast(
      Session session, long parameter, long parameterLength, long part, long partLength) {
    GcmMessageParameters gcm = GcmMessageParameters.at(parameter, parameterLength);
    return session
        .messageDecryption()
        .lastPart(NativeMemory.read(part, partLength), gcm.forDecryption())
        .text();
  }

  @CEntryPoint(name = "tpm2_token_C_MessageDecryptFinal")
  static long messageDecryptFinal(IsolateThread thread, long session) {
    return Guard.session("C_MessageDecryptFinal", session, s -> s.messageDecryption().finish());
  }
}
