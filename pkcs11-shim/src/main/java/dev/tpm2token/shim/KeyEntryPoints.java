package dev.tpm2token.shim;

import dev.tpm2token.token.KeyWrapping;
import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/**
 * Keys that come and go, copies, and the state of operations: PKCS#11 3.1, sections 5.6.5, 5.7.2,
 * 5.10.4 and 5.18. As in {@link EntryPoints}.
 */
final class KeyEntryPoints {
  private KeyEntryPoints() {}

  @CEntryPoint(name = "tpm2_token_C_GetOperationState")
  static long getOperationState(IsolateThread thread, long session, long state, long stateLength) {
    return Guard.session(
        "C_GetOperationState",
        session,
        s -> {
          byte[] saved = s.operationState();
          new Output(state, stateLength).write(saved.length, () -> saved);
        });
  }

  @CEntryPoint(name = "tpm2_token_C_SetOperationState")
  static long setOperationState(
      IsolateThread thread,
      long session,
      long state,
      long length,
      long encryptionKey,
      long authenticationKey) {
    return Guard.session(
        "C_SetOperationState",
        session,
        s ->
            s.setOperationState(
                NativeMemory.read(state, length), encryptionKey, authenticationKey));
  }

  @CEntryPoint(name = "tpm2_token_C_CopyObject")
  static long copyObject(
      IsolateThread thread, long session, long object, long template, long count, long copy) {
    return Guard.session(
        "C_CopyObject",
        session,
        s -> {
          NativeMemory.required(copy);
          NativeMemory.writeUlong(copy, s.copyObject(object, Arguments.template(template, count)));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_DigestKey")
  static long digestKey(IsolateThread thread, long session, long key) {
    return Guard.session("C_DigestKey", session, s -> s.digestKey(key));
  }

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
