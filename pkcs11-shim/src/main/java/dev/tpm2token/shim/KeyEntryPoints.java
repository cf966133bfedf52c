package dev.tpm2token.shim;

import dev.tpm2token.token.KeyWrapping;
import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/**
 * Keys that are made, wrapped, unwrapped and derived: PKCS#11 3.1, section 5.18. As in {@link
 * EntryPoints}.
 */
final class KeyEntryPoints {
  private KeyEntryPoints() {}

  @CEntryPoint(name = "tpm2_token_C_GenerateKey")
  static long generateKey(
      IsolateThread thread, long session, long mechanism, long template, long count, long key) {
    return Guard.session(
        "C_GenerateKey",
        session,
        s -> {
          NativeMemory.required(key);
          NativeMemory.writeUlong(
              key,
              s.generateKey(Arguments.mechanism(mechanism), Arguments.template(template, count)));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_GenerateKeyPair")
  static long generateKeyPair(
      IsolateThread thread,
      long session,
      long mechanism,
      long publicTemplate,
      long publicCount,
      long privateTemplate,
      long privateCount,
      long publicKey,
      long privateKey) {
    return Guard.session(
        "C_GenerateKeyPair",
        session,
        s -> {
          NativeMemory.required(publicKey);
          NativeMemory.required(privateKey);
          long[] handles =
              s.generateKeyPair(
                  Arguments.mechanism(mechanism),
                  Arguments.template(publicTemplate, publicCount),
                  Arguments.template(privateTemplate, privateCount));
          NativeMemory.writeUlong(publicKey, handles[0]);
          NativeMemory.writeUlong(privateKey, handles[1]);
        });
  }

  @CEntryPoint(name = "tpm2_token_C_WrapKey")
  static long wrapKey(
      IsolateThread thread,
      long session,
      long mechanism,
      long wrappingKey,
      long key,
      long wrapped,
      long wrappedLength) {
    return Guard.session(
        "C_WrapKey",
        session,
        s -> {
          NativeMemory.required(wrappedLength);
          KeyWrapping.Wrapping wrapping =
              s.wrapping().wrap(Arguments.mechanism(mechanism), wrappingKey, key);
          new Output(wrapped, wrappedLength).write(wrapping.length(), wrapping.work());
        });
  }

  @CEntryPoint(name = "tpm2_token_C_UnwrapKey")
  static long unwrapKey(
      IsolateThread thread,
      long session,
      long mechanism,
      long unwrappingKey,
      long wrapped,
      long length,
      long template,
      long count,
      long key) {
    return Guard.session(
        "C_UnwrapKey",
        session,
        s -> {
          NativeMemory.required(key);
          NativeMemory.writeUlong(
              key,
              s.wrapping()
                  .unwrap(
                      Arguments.mechanism(mechanism),
                      unwrappingKey,
                      NativeMemory.read(NativeMemory.required(wrapped), length),
                      Arguments.template(template, count)));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_DeriveKey")
  static long deriveKey(
      IsolateThread thread,
      long session,
      long mechanism,
      long baseKey,
      long template,
      long count,
      long key) {
    return Guard.session(
        "C_DeriveKey",
        session,
        s -> {
          NativeMemory.required(key);
          NativeMemory.writeUlong(
              key,
              s.deriveKey(
                  Arguments.mechanism(mechanism), baseKey, Arguments.template(template, count)));
        });
  }
}
