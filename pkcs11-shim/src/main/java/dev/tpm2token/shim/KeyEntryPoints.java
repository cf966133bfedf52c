package dev.tpm2token.shim;

import dev.tpm2token.token.KeyEncapsulation;
import dev.tpm2token.token.KeyWrapping;
import dev.tpm2token.token.MessageCiphering;
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
              s.generateKey(
                  Arguments.mechanism(mechanism), AttributeArrays.template(template, count)));
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
                  AttributeArrays.template(publicTemplate, publicCount),
                  AttributeArrays.template(privateTemplate, privateCount));
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
          Output output = new Output(wrapped, wrappedLength);
          if (GcmWrapParameters.areIn(mechanism)) {
            GcmWrapParameters.of(mechanism).wrap(s, wrappingKey, key, output);
            return;
          }
          KeyWrapping.Wrapping wrapping =
              s.wrapping().wrap(Arguments.mechanism(mechanism), wrappingKey, key);
          output.write(wrapping.length(), wrapping.work());
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
                      GcmWrapParameters.areIn(mechanism)
                          ? GcmWrapParameters.of(mechanism).forUnwrapping()
                          : Arguments.mechanism(mechanism),
                      unwrappingKey,
                      NativeMemory.read(NativeMemory.required(wrapped), length),
                      AttributeArrays.template(template, count)));
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
                  Arguments.mechanism(mechanism),
                  baseKey,
                  AttributeArrays.template(template, count)));
        });
  }

  // 3.2, section 5.18: wrapping with associated data, encapsulation

  @CEntryPoint(name = "tpm2_token_C_WrapKeyAuthenticated")
  static long wrapKeyAuthenticated(
      IsolateThread thread,
      long session,
      long mechanism,
      long wrappingKey,
      long key,
      long associated,
      long associatedLength,
      long wrapped,
      long wrappedLength) {
    return Guard.session(
        "C_WrapKeyAuthenticated",
        session,
        s -> {
          NativeMemory.required(wrappedLength);
          KeyWrapping.Authenticated wrapping =
              s.wrapping()
                  .wrapAuthenticated(
                      Arguments.messageMechanism(mechanism),
                      wrappingKey,
                      key,
                      NativeMemory.read(associated, associatedLength));
          new Output(wrapped, wrappedLength)
              .write(
                  wrapping.length(),
                  () -> {
                    GcmMessageParameters gcm =
                        Arguments.messageParameter(mechanism).withRoomForTag();
                    MessageCiphering.Result done = wrapping.work().get();
                    gcm.writeIv(done.iv());
                    gcm.writeTag(done.tag());
                    return done.text();
                  });
        });
  }

  @CEntryPoint(name = "tpm2_token_C_UnwrapKeyAuthenticated")
  static long unwrapKeyAuthenticated(
      IsolateThread thread,
      long session,
      long mechanism,
      long unwrappingKey,
      long wrapped,
      long length,
      long template,
      long count,
      long associated,
      long associatedLength,
      long key) {
    return Guard.session(
        "C_UnwrapKeyAuthenticated",
        session,
        s -> {
          NativeMemory.required(key);
          NativeMemory.writeUlong(
              key,
              s.wrapping()
                  .unwrapAuthenticated(
                      Arguments.authenticatedMechanism(mechanism),
                      unwrappingKey,
                      NativeMemory.read(NativeMemory.required(wrapped), length),
                      AttributeArrays.template(template, count),
                      NativeMemory.read(associated, associatedLength)));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_EncapsulateKey")
  static long encapsulateKey(
      IsolateThread thread,
      long session,
      long mechanism,
      long publicKey,
      long template,
      long count,
      long encapsulated,
      long encapsulatedLength,
      long key) {
    return Guard.session(
        "C_EncapsulateKey",
        session,
        s -> {
          NativeMemory.required(encapsulatedLength);
          KeyEncapsulation.Encapsulation encapsulation =
              s.encapsulation()
                  .encapsulate(
                      Arguments.mechanism(mechanism),
                      publicKey,
                      AttributeArrays.template(template, count));
          new Output(encapsulated, encapsulatedLength)
              .write(
                  encapsulation.length(),
                  () -> {
                    NativeMemory.required(key);
                    KeyEncapsulation.Encapsulated done = encapsulation.work().get();
                    NativeMemory.writeUlong(key, done.key());
                    return done.bytes();
                  });
        });
  }

  @CEntryPoint(name = "tpm2_token_C_DecapsulateKey")
  static long decapsulateKey(
      IsolateThread thread,
      long session,
      long mechanism,
      long privateKey,
      long template,
      long count,
      long encapsulated,
      long length,
      long key) {
    return Guard.session(
        "C_DecapsulateKey",
        session,
        s -> {
          NativeMemory.required(key);
          NativeMemory.writeUlong(
              key,
              s.encapsulation()
                  .decapsulate(
                      Arguments.mechanism(mechanism),
                      privateKey,
                      AttributeArrays.template(template, count),
                      NativeMemory.read(NativeMemory.required(encapsulated), length)));
        });
  }
}
