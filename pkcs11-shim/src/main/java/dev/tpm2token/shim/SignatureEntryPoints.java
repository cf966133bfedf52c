package dev.tpm2token.shim;

import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/**
 * Digests, signatures and their verification: PKCS#11 3.1, sections 5.12, 5.13 and 5.15. As in
 * {@link EntryPoints}.
 */
final class SignatureEntryPoints {
  private SignatureEntryPoints() {}

  // Digests, section 5.12

  @CEntryPoint(name = "tpm2_token_C_DigestInit")
  static long digestInit(IsolateThread thread, long session, long mechanism) {
    return Guard.session(
        "C_DigestInit",
        session,
        s -> Arguments.begin(mechanism, s.digesting()::terminate, s.digesting()::init));
  }

  @CEntryPoint(name = "tpm2_token_C_Digest")
  static long digest(
      IsolateThread thread, long session, long data, long length, long digest, long digestLength) {
    return Guard.session(
        "C_Digest",
        session,
        s ->
            new Output(digest, digestLength)
                .write(
                    s.digesting().inOnePart().length(),
                    () -> s.digesting().digest(NativeMemory.data(data, length))));
  }

  @CEntryPoint(name = "tpm2_token_C_DigestUpdate")
  static long digestUpdate(IsolateThread thread, long session, long part, long length) {
    return Guard.session(
        "C_DigestUpdate", session, s -> s.digesting().update(NativeMemory.data(part, length)));
  }

  @CEntryPoint(name = "tpm2_token_C_DigestKey")
  static long digestKey(IsolateThread thread, long session, long key) {
    return Guard.session("C_DigestKey", session, s -> s.digesting().key(key));
  }

  @CEntryPoint(name = "tpm2_token_C_DigestFinal")
  static long digestFinal(IsolateThread thread, long session, long digest, long digestLength) {
    return Guard.session(
        "C_DigestFinal",
        session,
        s -> new Output(digest, digestLength).write(s.digesting().length(), s.digesting()::finish));
  }

  // Signatures, section 5.13

  @CEntryPoint(name = "tpm2_token_C_SignInit")
  static long signInit(IsolateThread thread, long session, long mechanism, long key) {
    return Guard.session(
        "C_SignInit",
        session,
        s ->
            Arguments.begin(
                mechanism, s.signing()::terminate, call -> s.signing().init(call, key)));
  }

  @CEntryPoint(name = "tpm2_token_C_Sign")
  static long sign(
      IsolateThread thread,
      long session,
      long data,
      long length,
      long signature,
      long signatureLength) {
    return Guard.session(
        "C_Sign",
        session,
        s ->
            new Output(signature, signatureLength)
                .write(
                    s.signing().inOnePart().length(),
                    () -> s.signing().sign(NativeMemory.data(data, length))));
  }

  @CEntryPoint(name = "tpm2_token_C_SignUpdate")
  static long signUpdate(IsolateThread thread, long session, long part, long length) {
    return Guard.session(
        "C_SignUpdate", session, s -> s.signing().update(NativeMemory.data(part, length)));
  }

  @CEntryPoint(name = "tpm2_token_C_SignFinal")
  static long signFinal(IsolateThread thread, long session, long signature, long signatureLength) {
    return Guard.session(
        "C_SignFinal",
        session,
        s ->
            new Output(signature, signatureLength)
                .write(s.signing().length(), s.signing()::finish));
  }

  @CEntryPoint(name = "tpm2_token_C_SignRecoverInit")
  static long signRecoverInit(IsolateThread thread, long session, long mechanism, long key) {
    return Guard.session(
        "C_SignRecoverInit",
        session,
        s ->
            Arguments.begin(
                mechanism,
                s.recoverableSigning()::terminate,
                call -> s.recoverableSigning().init(call, key)));
  }

  @CEntryPoint(name = "tpm2_token_C_SignRecover")
  static long signRecover(
      IsolateThread thread, long session, long data, long length, long result, long resultLength) {
    return Guard.session(
        "C_SignRecover",
        session,
        s ->
            new Output(result, resultLength)
                .write(
                    s.recoverableSigning().length(),
                    () -> s.recoverableSigning().sign(NativeMemory.data(data, length))));
  }

  // Verification, section 5.15

  @CEntryPoint(name = "tpm2_token_C_VerifyInit")
  static long verifyInit(IsolateThread thread, long session, long mechanism, long key) {
    return Guard.session(
        "C_VerifyInit",
        session,
        s ->
            Arguments.begin(
                mechanism, s.verification()::terminate, call -> s.verification().init(call, key)));
  }

  @CEntryPoint(name = "tpm2_token_C_Verify")
  static long verify(
      IsolateThread thread,
      long session,
      long data,
      long length,
      long signature,
      long signatureLength) {
    return Guard.session(
        "C_Verify",
        session,
        s ->
            s.verification()
                .verify(
                    NativeMemory.data(data, length),
                    NativeMemory.read(signature, signatureLength)));
  }

  @CEntryPoint(name = "tpm2_token_C_VerifyUpdate")
  static long verifyUpdate(IsolateThread thread, long session, long part, long length) {
    return Guard.session(
        "C_VerifyUpdate", session, s -> s.verification().update(NativeMemory.data(part, length)));
  }

  @CEntryPoint(name = "tpm2_token_C_VerifyFinal")
  static long verifyFinal(
      IsolateThread thread, long session, long signature, long signatureLength) {
    return Guard.session(
        "C_VerifyFinal",
        session,
        s -> s.verification().finish(NativeMemory.read(signature, signatureLength)));
  }

  @CEntryPoint(name = "tpm2_token_C_VerifyRecoverInit")
  static long verifyRecoverInit(IsolateThread thread, long session, long mechanism, long key) {
    return Guard.session(
        "C_VerifyRecoverInit",
        session,
        s ->
            Arguments.begin(
                mechanism, s.recovery()::terminate, call -> s.recovery().init(call, key)));
  }

  @CEntryPoint(name = "tpm2_token_C_VerifyRecover")
  static long verifyRecover(
      IsolateThread thread,
      long session,
      long signature,
      long length,
      long result,
      long resultLength) {
    return Guard.session(
        "C_VerifyRecover",
        session,
        s ->
            new Output(result, resultLength)
                .writeAtMost(
                    s.recovery().length(),
                    room -> s.recovery().recover(NativeMemory.read(signature, length), room)));
  }

  // Signatures that come before the data (3.2, section 5.15)

  @CEntryPoint(name = "tpm2_token_C_VerifySignatureInit")
  static long verifySignatureInit(
      IsolateThread thread, long session, long mechanism, long key, long signature, long length) {
    return Guard.session(
        "C_VerifySignatureInit",
        session,
        s ->
            Arguments.begin(
                mechanism,
                s.verification()::terminate,
                call -> s.verification().init(call, key, NativeMemory.read(signature, length))));
  }

  @CEntryPoint(name = "tpm2_token_C_VerifySignature")
  static long verifySignature(IsolateThread thread, long session, long data, long length) {
    return Guard.session(
        "C_VerifySignature",
        session,
        s -> s.verification().verifyAwaited(NativeMemory.data(data, length)));
  }

  @CEntryPoint(name = "tpm2_token_C_VerifySignatureUpdate")
  static long verifySignatureUpdate(IsolateThread thread, long session, long part, long length) {
    return Guard.session(
        "C_VerifySignatureUpdate",
        session,
        s -> s.verification().updateAwaited(NativeMemory.data(part, length)));
  }

  @CEntryPoint(name = "tpm2_token_C_VerifySignatureFinal")
  static long verifySignatureFinal(IsolateThread thread, long session) {
    return Guard.session("C_VerifySignatureFinal", session, s -> s.verification().finishAwaited());
  }
}
