package dev.tpm2token.shim;

import dev.tpm2token.token.Session;
import dev.tpm2token.token.attribute.Template;
import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/** Objects: PKCS#11 3.1, section 5.7. As in {@link EntryPoints}. */
final class ObjectEntryPoints {
  private static final int MOST_HANDLES = 1 << 16;

  private ObjectEntryPoints() {}

  @CEntryPoint(name = "tpm2_token_C_CreateObject")
  static long createObject(
      IsolateThread thread, long session, long template, long count, long object) {
    return Guard.session(
        "C_CreateObject",
        session,
        s -> {
          NativeMemory.required(object);
          Template given = AttributeArrays.template(template, count);
          try {
            NativeMemory.writeUlong(object, s.createObject(given));
          } finally {
            given.erase();
          }
        });
  }

  @CEntryPoint(name = "tpm2_token_C_CopyObject")
  static long copyObject(
      IsolateThread thread, long session, long object, long template, long count, long copy) {
    return Guard.session(
        "C_CopyObject",
        session,
        s -> {
          NativeMemory.required(copy);
          NativeMemory.writeUlong(
              copy, s.copyObject(object, AttributeArrays.template(template, count)));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_DestroyObject")
  static long destroyObject(IsolateThread thread, long session, long object) {
    return Guard.session("C_DestroyObject", session, s -> s.destroyObject(object));
  }

  @CEntryPoint(name = "tpm2_token_C_GetObjectSize")
  static long getObjectSize(IsolateThread thread, long session, long object, long size) {
    return Guard.session(
        "C_GetObjectSize",
        session,
        s -> NativeMemory.writeUlong(NativeMemory.required(size), s.objectSize(object)));
  }

  @CEntryPoint(name = "tpm2_token_C_GetAttributeValue")
  static long getAttributeValue(
      IsolateThread thread, long session, long object, long template, long count) {
    return Guard.session(
        "C_GetAttributeValue",
        session,
        s ->
            AttributeArrays.fill(
                template, s.attributes(object, AttributeArrays.types(template, count))));
  }

  @CEntryPoint(name = "tpm2_token_C_SetAttributeValue")
  static long setAttributeValue(
      IsolateThread thread, long session, long object, long template, long count) {
    return Guard.session(
        "C_SetAttributeValue",
        session,
        s -> s.setAttributes(object, AttributeArrays.template(template, count)));
  }

  @CEntryPoint(name = "tpm2_token_C_FindObjectsInit")
  static long findObjectsInit(IsolateThread thread, long session, long template, long count) {
    return Guard.session(
        "C_FindObjectsInit", session, s -> s.findInit(AttributeArrays.template(template, count)));
  }

  @CEntryPoint(name = "tpm2_token_C_FindObjects")
  static long findObjects(IsolateThread thread, long session, long objects, long most, long count) {
    return Guard.session(
        "C_FindObjects",
        session,
        s -> {
          NativeMemory.required(count);
          if (most != 0) {
            NativeMemory.required(objects);
          }
          long[] found = s.find(most < 0 || most > MOST_HANDLES ? MOST_HANDLES : (int) most);
          for (int i = 0; i < found.length; i++) {
            NativeMemory.writeUlong(objects + (long) i * Long.BYTES, found[i]);
          }
          NativeMemory.writeUlong(count, found.length);
        });
  }

  @CEntryPoint(name = "tpm2_token_C_FindObjectsFinal")
  static long findObjectsFinal(IsolateThread thread, long session) {
    return Guard.session("C_FindObjectsFinal", session, Session::findFinal);
  }
}
