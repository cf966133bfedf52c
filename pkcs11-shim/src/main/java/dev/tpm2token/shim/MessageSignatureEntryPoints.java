package dev.tpm2token.shim;

import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.Data;
import dev.tpm2token.token.MessageSigning;
import dev.tpm2token.token.MessageVerifying;
import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/**
 * Messages that are signed and verified under one key: PKCS#11 3.1, sections 5.14 and 5.16. As in
 * {@link EntryPoints}. Initialising without a mechanism ends what is under way; none of the
 * mechanisms has a parameter for each message.
 */
final class MessageSignatureEntryPoints {
  private MessageSignatureEntryPoints() {}

  private static void checkNone(long parameterLength) {
    if (parameterLength != 0) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, "a message that is signed has no parameter of its own");
    }
  }

  @CEntryPoint(name = "tpm2_token_C_MessageSignInit")
  static long messageSignInit(IsolateThread thread, long session, long mechanism, long key) {
    return Guard.session(
        "C_MessageSignInit",
        session,
        s -> {
          if (mechanism == 0) {
            s.messageSigning().end();
          } else {
            s.messageSigning().init(Arguments.mechanism(mechanism), key);
          }
        });
  }

  @CEntryPoint(name = "tpm2_token_C_SignMessage")
  static long signMessage(
      IsolateThread thread,
      long session,
      long parameter,
      long parameterLength,
      long data,
      long length,
      long signature,
      long signatureLength) {
    return Guard.session(
        "C_SignMessage",
        session,
        s -> {
          MessageSigning signing = s.messageSigning();
          signing.checkMayBegin();
          checkNone(parameterLength);
          new Output(signature, signatureLength)
              .write(signing.length(), () -> signing.sign(NativeMemory.data(data, length)));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_SignMessageBegin")
  static long signMessageBegin(
      IsolateThread thread, long session, long parameter, long parameterLength) {
    return Guard.session(
        "C_SignMessageBegin",
        session,
        s -> {
          s.messageSigning().checkMayBegin();
          checkNone(parameterLength);
          s.messageSigning().begin();
        });
  }

  /** Without a place for the signature's length, more of the message comes. */
  @CEntryPoint(name = "tpm2_token_C_SignMessageNext")
  static long signMessageNext(
      IsolateThread thread,
      long session,
      long parameter,
      long parameterLength,
      long part,
      long length,
      long signature,
      long signatureLength) {
    return Guard.session(
        "C_SignMessageNext",
        session,
        s -> {
          MessageSigning signing = s.messageSigning();
          signing.checkBegun();
          checkNone(parameterLength);
          Data data = NativeMemory.data(part, length);
          if (signatureLength == 0) {
            signing.update(data);
          } else {
            new Output(signature, signatureLength)
                .write(signing.length(), () -> signing.finishMessage(data));
          }
        });
  }

  @CEntryPoint(name = "tpm2_token_C_MessageSignFinal")
  static long messageSignFinal(IsolateThread thread, long session) {
    return Guard.session("C_MessageSignFinal", session, s -> s.messageSigning().finish());
  }

  @CEntryPoint(name = "tpm2_token_C_MessageVerifyInit")
  static long messageVerifyInit(IsolateThread thread, long session, long mechanism, long key) {
    return Guard.session(
        "C_MessageVerifyInit",
        session,
        s -> {
          if (mechanism == 0) {
            s.messageVerification().end();
          } else {
            s.messageVerification().init(Arguments.mechanism(mechanism), key);
          }
        });
  }

  @CEntryPoint(name = "tpm2_token_C_VerifyMessage")
  static long verifyMessage(
      IsolateThread thread,
      long session,
      long parameter,
      long parameterLength,
      long data,
      long length,
      long signature,
      long signatureLength) {
    return Guard.session(
        "C_VerifyMessage",
        session,
        s -> {
          s.messageVerification().checkMayBegin();
          checkNone(parameterLength);
          s.messageVerification()
              .verify(
                  NativeMemory.data(data, length), NativeMemory.read(signature, signatureLength));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_VerifyMessageBegin")
  static long verifyMessageBegin(
      IsolateThread thread, long session, long parameter, long parameterLength) {
    return Guard.session(
        "C_VerifyMessageBegin",
        session,
        s -> {
          s.messageVerification().checkMayBegin();
          checkNone(parameterLength);
          s.messageVerification().begin();
        });
  }

  /** Without a signature, more of the message comes. */
  @CEntryPoint(name = "tpm2_token_C_VerifyMessageNext")
  static long verifyMessageNext(
      IsolateThread thread,
      long session,
      long parameter,
      long parameterLength,
      long part,
      long length,
      long signature,
      long signatureLength) {
    return Guard.session(
        "C_VerifyMessageNext",
        session,
        s -> {
          MessageVerifying verification = s.messageVerification();
          verification.checkBegun();
          checkNone(parameterLength);
          verification.update(NativeMemory.data(part, length));
          if (signature != 0) {
            verification.finishMessage(NativeMemory.read(signature, signatureLength));
          }
        });
  }

  @CEntryPoint(name = "tpm2_token_C_MessageVerifyFinal")
  static long messageVerifyFinal(IsolateThread thread, long session) {
    return Guard.session("C_MessageVerifyFinal", session, s -> s.messageVerification().finish());
  }
}
