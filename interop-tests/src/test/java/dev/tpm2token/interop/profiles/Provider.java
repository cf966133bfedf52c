package dev.tpm2token.interop.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.Lab;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The provider under test as the test cases speak with it: a method is a request and its response,
 * whose return value must be CKR_OK. What the test cases call ${Session} and ${SlotList.SlotID[0]}
 * is kept here.
 */
final class Provider {
  private static final int TOKEN_PRESENT = 0x1;
  private static final int HW_SLOT = 0x4;

  private final Cryptoki module;
  private final int minor;
  private long[] slotList = {};
  private long slot;
  private long session;

  Provider(Lab lab, int minor) {
    module = Cryptoki.ofInterface(lab, 3, minor);
    this.minor = minor;
  }

  void initialize() {
    ok(Fn.C_Initialize, (Object) null);
  }

  void finish() {
    ok(Fn.C_Finalize, (Object) null);
  }

  /** The version that the case is for; all else may vary but the flags. */
  void getInfo() {
    Pointer info = module.memory(88);
    ok(Fn.C_GetInfo, info);
    new Answer("Info", info)
        .version("CryptokiVersion", 0, 3, minor)
        .text("ManufacturerID", 2, 32)
        .number("Flags", 40, 0)
        .text("LibraryDescription", 48, 32);
  }

  /** How many slots with tokens there are. */
  int slotListLength() {
    Pointer count = module.ulong(0);
    ok(Fn.C_GetSlotList, 1, null, count);
    slotList = new long[(int) count.getLong(0)];
    return slotList.length;
  }

  /**
   * Their ids; "at least one entry within the list matches the logical context": the token so
   * called.
   */
  void slotList(String label) {
    Pointer ids = module.memory(8 * slotList.length);
    ok(Fn.C_GetSlotList, 1, ids, module.ulong(slotList.length));
    ids.get(0, slotList, 0, slotList.length);
    slot =
        Arrays.stream(slotList)
            .filter(id -> module.tokenInfo(id).label().equals(label))
            .findFirst()
            .orElseThrow();
  }

  void slotInfo() {
    Pointer info = module.memory(112);
    ok(Fn.C_GetSlotInfo, slot, info);
    new Answer("SlotInfo", info)
        .text("SlotDescription", 0, 64)
        .text("ManufacturerID", 64, 32)
        .number("Flags", 96, TOKEN_PRESENT, TOKEN_PRESENT | HW_SLOT);
  }

  void tokenInfo() {
    Pointer info = module.memory(208);
    ok(Fn.C_GetTokenInfo, slot, info);
    long restoreKeyNotNeeded = 0x20;
    new Answer("TokenInfo", info)
        .text("label", 0, 32)
        .text("ManufacturerID", 32, 32)
        .text("model", 64, 16)
        .text("serialNumber", 80, 16)
        .number(
            "Flags",
            96,
            Ck.TOKEN_RNG
                | Ck.TOKEN_LOGIN_REQUIRED
                | Ck.TOKEN_USER_PIN_INITIALIZED
                | restoreKeyNotNeeded
                | Ck.TOKEN_INITIALIZED)
        .number("MaxSessionCount", 104, 0)
        .number("SessionCount", 112, 0)
        .number("MaxRwSessionCount", 120, 0)
        .number("RwSessionCount", 128, 0)
        .number("MaxPinLen", 136, 255)
        .number("MinPinLen", 144, 4)
        .number("TotalPublicMemory", 152, 0, Ck.UNAVAILABLE)
        .number("FreePublicMemory", 160, 0, Ck.UNAVAILABLE)
        .number("TotalPrivateMemory", 168, 0, Ck.UNAVAILABLE)
        .number("FreePrivateMemory", 176, 0, Ck.UNAVAILABLE);
  }

  /** The list in two steps, and that these are in it. */
  void mechanismList(long... wanted) {
    Pointer count = module.ulong(0);
    ok(Fn.C_GetMechanismList, slot, null, count);
    Pointer list = module.memory((int) (8 * count.getLong(0)));
    ok(Fn.C_GetMechanismList, slot, list, count);
    long[] types = new long[(int) count.getLong(0)];
    list.get(0, types, 0, types.length);
    for (long type : wanted) {
      assertTrue(Arrays.stream(types).anyMatch(each -> each == type), () -> "mechanism " + type);
    }
  }

  Answer mechanismInfo(long type) {
    Pointer info = module.memory(24);
    ok(Fn.C_GetMechanismInfo, slot, type, info);
    return new Answer("MechanismInfo " + type, info);
  }

  void openSession(long flags) {
    Pointer handle = module.ulong(0);
    ok(Fn.C_OpenSession, slot, flags, null, null, handle);
    session = handle.getLong(0);
  }

  void login(String pin) {
    byte[] bytes = pin.getBytes(StandardCharsets.UTF_8);
    ok(Fn.C_Login, session, Ck.USER, bytes, bytes.length);
  }

  void logout() {
    ok(Fn.C_Logout, session);
  }

  void findObjectsInit(Template template) {
    ok(Fn.C_FindObjectsInit, session, template, template.count());
  }

  /** So many, where there are so many. */
  long[] findObjects(int length) {
    Pointer objects = module.memory(8 * length);
    Pointer count = module.ulong(0);
    ok(Fn.C_FindObjects, session, objects, length, count);
    long[] found = new long[(int) count.getLong(0)];
    objects.get(0, found, 0, found.length);
    assertEquals(length, found.length, "Object.length");
    return found;
  }

  void findObjectsFinal() {
    ok(Fn.C_FindObjectsFinal, session);
  }

  /** One attribute's length. */
  int attributeLength(long object, long type) {
    Pointer attribute = module.memory(24);
    attribute.putLong(0, type);
    ok(Fn.C_GetAttributeValue, session, object, attribute, 1);
    return (int) attribute.getLong(16);
  }

  /** Attributes, with so much room for each. */
  byte[][] attributes(long object, int length, long... types) {
    Pointer attributes = module.memory(24 * types.length);
    Pointer values = module.memory(length * types.length);
    for (int i = 0; i < types.length; i++) {
      attributes.putLong(24L * i, types[i]);
      attributes.putLong(24L * i + 8, values.address() + (long) i * length);
      attributes.putLong(24L * i + 16, length);
    }
    ok(Fn.C_GetAttributeValue, session, object, attributes, types.length);
    byte[][] found = new byte[types.length][];
    for (int i = 0; i < types.length; i++) {
      found[i] = new byte[(int) attributes.getLong(24L * i + 16)];
      values.get((long) i * length, found[i], 0, found[i].length);
    }
    return found;
  }

  void signInit(long mechanism, long key) {
    ok(Fn.C_SignInit, session, module.mechanism(mechanism), key);
  }

  /** The signature, where there is room for so many bytes. */
  byte[] sign(byte[] data, int room) {
    Pointer signature = module.memory(room);
    Pointer length = module.ulong(room);
    ok(Fn.C_Sign, session, data, data.length, signature, length);
    byte[] bytes = new byte[(int) length.getLong(0)];
    signature.get(0, bytes, 0, bytes.length);
    return bytes;
  }

  void closeSession() {
    ok(Fn.C_CloseSession, session);
  }

  void closeAllSessions() {
    ok(Fn.C_CloseAllSessions, slot);
  }

  private void ok(Fn function, @Nullable Object... arguments) {
    assertEquals(Rv.CKR_OK, module.call(function, arguments), function.name());
  }
}
