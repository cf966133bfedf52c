package dev.tpm2token.shim;

import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/**
 * Encryption, decryption and two operations at once: PKCS#11 3.1, sections 5.8, 5.10 and 5.17. As
 * in {@link EntryPoints}.
 */
final class CipherEntryPoints {
  private CipherEntryPoints() {}

  @CEntryPoint(name = "tpm2_token_C_EncryptInit")
  static long encryptInit(IsolateThread thread, long session, long mechanism, long key) {
    return Guard.session(
        "C_EncryptInit",
        session,
        s ->
            Arguments.begin(
                mechanism, s.encryption()::terminate, call -> s.encryption().init(call, key)));
  }

  @CEntryPoint(name = "tpm2_token_C_Encrypt")
  static long encrypt(
      IsolateThread thread, long session, long data, long length, long result, long resultLength) {
    return Guard.session(
        "C_Encrypt",
        session,
        s ->
            new Output(result, resultLength)
                .writeAtMost(
                    s.encryption().inOnePart().finalLength(NativeMemory.length(length)),
                    room -> s.encryption().finish(NativeMemory.read(data, length), room)));
  }

  @CEntryPoint(name = "tpm2_token_C_EncryptUpdate")
  static long encryptUpdate(
      IsolateThread thread, long session, long part, long length, long result, long resultLength) {
    return Guard.session(
        "C_EncryptUpdate",
        session,
        s ->
            new Output(result, resultLength)
                .write(
                    s.encryption().updateLength(NativeMemory.length(length)),
                    () -> s.encryption().update(NativeMemory.read(part, length))));
  }

  @CEntryPoint(name = "tpm2_token_C_EncryptFinal")
  static long encryptFinal(IsolateThread thread, long session, long result, long resultLength) {
    return Guard.session(
        "C_EncryptFinal",
        session,
        s ->
            new Output(result, resultLength)
                .writeAtMost(
                    s.encryption().finalLength(0),
                    room -> s.encryption().finish(new byte[0], room)));
  }

  @CEntryPoint(name = "tpm2_token_C_DecryptInit")
  static long decryptInit(IsolateThread thread, long session, long mechanism, long key) {
    return Guard.session(
        "C_DecryptInit",
        session,
        s ->
            Arguments.begin(
                mechanism, s.decryption()::terminate, call -> s.decryption().init(call, key)));
  }

  @CEntryPoint(name = "tpm2_token_C_Decrypt")
  static long decrypt(
      IsolateThread thread, long session, long data, long length, long result, long resultLength) {
    return Guard.session(
        "C_Decrypt",
        session,
        s ->
            new Output(result, resultLength)
                .writeAtMost(
                    s.decryption().inOnePart().finalLength(NativeMemory.length(length)),
                    room -> s.decryption().finish(NativeMemory.read(data, length), room)));
  }

  @CEntryPoint(name = "tpm2_token_C_DecryptUpdate")
  static long decryptUpdate(
      IsolateThread thread, long session, long part, long length, long result, long resultLength) {
    return Guard.session(
        "C_DecryptUpdate",
        session,
        s ->
            new Output(result, resultLength)
                .write(
                    s.decryption().updateLength(NativeMemory.length(length)),
                    () -> s.decryption().update(NativeMemory.read(part, length))));
  }

  @CEntryPoint(name = "tpm2_token_C_DecryptFinal")
  static long decryptFinal(IsolateThread thread, long session, long result, long resultLength) {
    return Guard.session(
        "C_DecryptFinal",
        session,
        s ->
            new Output(result, resultLength)
                .writeAtMost(
                    s.decryption().finalLength(0),
                    room -> s.decryption().finish(new byte[0], room)));
  }

  @CEntryPoint(name = "tpm2_token_C_DigestEncryptUpdate")
  static long digestEncryptUpdate(
      IsolateThread thread, long session, long part, long length, long result, long resultLength) {
    return Guard.session(
        "C_DigestEncryptUpdate",
        session,
        s ->
            new Output(result, resultLength)
                .write(
                    s.encryption().updateLength(NativeMemory.length(length)),
                    () -> s.digestEncryptUpdate(NativeMemory.read(part, length))));
  }

  @CEntryPoint(name = "tpm2_token_C_DecryptDigestUpdate")
  static long decryptDigestUpdate(
      IsolateThread thread, long session, long part, long length, long result, long resultLength) {
    return Guard.session(
        "C_DecryptDigestUpdate",
        session,
        s ->
            new Output(result, resultLength)
                .write(
                    s.decryption().updateLength(NativeMemory.length(length)),
                    () -> s.decryptDigestUpdate(NativeMemory.read(part, length))));
  }

  @CEntryPoint(name = "tpm2_token_C_SignEncryptUpdate")
  static long signEncryptUpdate(
      IsolateThread thread, long session, long part, long length, long result, long resultLength) {
    return Guard.session(
        "C_SignEncryptUpdate",
        session,
        s ->
            new Output(result, resultLength)
                .write(
                    s.encryption().updateLength(NativeMemory.length(length)),
                    () -> s.signEncryptUpdate(NativeMemory.read(part, length))));
  }

  @CEntryPoint(name = "tpm2_token_C_DecryptVerifyUpdate")
  static long decryptVerifyUpdate(
      IsolateThread thread, long session, long part, long length, long result, long resultLength) {
    return Guard.session(
        "C_DecryptVerifyUpdate",
        session,
        s ->
            new Output(result, resultLength)
                .write(
                    s.decryption().updateLength(NativeMemory.length(length)),
                    () -> s.decryptVerifyUpdate(NativeMemory.read(part, length))));
  }
}
