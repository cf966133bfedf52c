package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Encryption, recovery, secret keys, wrapping and copies through the C functions: the structures
 * that parameters point to, the rule of lengths, and what is answered at the wrong time.
 */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only") // SoftHSM has other mechanisms, and other defaults for secret keys
class OperationsTest {
  private static final long O_SECRET_KEY = 4;
  private static final long K_AES = 0x1f;
  private static final long A_WRAP = 0x106;
  private static final long A_UNWRAP = 0x107;
  private static final long A_VALUE_LEN = 0x161;
  private static final long M_AES_KEY_GEN = 0x1080;
  private static final long M_AES_CBC = 0x1082;
  private static final long M_AES_GCM = 0x1087;
  private static final long M_AES_KEY_WRAP_KWP = 0x210b;
  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] IV = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  private static final byte[] TEXT = new byte[37];

  private Cryptoki module;
  private long slot;
  private Session session;
  private long h;

  @BeforeAll
  void makeToken(Lab lab) {
    module = Cryptoki.load(lab);
    module.initialize();
    slot = module.token("operations");
  }

  @BeforeEach
  void login() {
    session = module.readWrite(slot);
    session.login(Lab.PIN);
    h = session.handle();
  }

  @AfterEach
  void closeAll() {
    module.ok(Fn.C_CloseAllSessions, slot);
  }

  @AfterAll
  void finish() {
    module.finish();
  }

  private Rv call(Fn function, @Nullable Object... arguments) {
    return module.call(function, arguments);
  }

  private long aes() {
    return session.create(
        Template.of()
            .with(Ck.A_CLASS, O_SECRET_KEY)
            .with(Ck.A_KEY_TYPE, K_AES)
            .with(Ck.A_VALUE, KEY)
            .with(Ck.A_EXTRACTABLE, true)
            .with(Ck.A_SENSITIVE, false)
            .with(Ck.A_ENCRYPT, true)
            .with(Ck.A_DECRYPT, true)
            .with(A_WRAP, true)
            .with(A_UNWRAP, true));
  }

  private Pointer mechanism(long type, Pointer parameter, int length) {
    Pointer mechanism = module.mechanism(type);
    mechanism.putLong(8, parameter.address());
    mechanism.putLong(16, length);
    return mechanism;
  }

  /** CK_GCM_PARAMS: pIv, ulIvLen, ulIvBits, pAAD, ulAADLen, ulTagBits. */
  private Pointer gcm(Pointer iv, Pointer aad, int aadLength) {
    Pointer parameter = module.memory(48);
    parameter.putLong(0, iv.address());
    parameter.putLong(8, IV.length);
    parameter.putLong(16, 8L * IV.length);
    parameter.putLong(24, aad.address());
    parameter.putLong(32, aadLength);
    parameter.putLong(40, 128);
    return parameter;
  }

  @Test
  void gcmThroughItsStructure() throws Exception {
    long key = aes();
    Pointer iv = module.bytes(IV);
    Pointer aad = module.bytes(KEY);
    Pointer parameter = gcm(iv, aad, KEY.length);
    Pointer gcm = mechanism(M_AES_GCM, parameter, 48);
    Pointer length = module.ulong(0);
    module.ok(Fn.C_EncryptInit, h, gcm, key);
    assertEquals(Rv.CKR_OPERATION_ACTIVE, call(Fn.C_EncryptInit, h, gcm, key));
    module.ok(Fn.C_Encrypt, h, TEXT, TEXT.length, null, length);
    assertEquals(TEXT.length + 16, length.getLong(0));
    Pointer out = module.memory(TEXT.length + 16);
    length.putLong(0, TEXT.length);
    assertEquals(Rv.CKR_BUFFER_TOO_SMALL, call(Fn.C_Encrypt, h, TEXT, TEXT.length, out, length));
    module.ok(Fn.C_Encrypt, h, TEXT, TEXT.length, out, length);
    byte[] encrypted = new byte[TEXT.length + 16];
    out.get(0, encrypted, 0, encrypted.length);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(KEY, "AES"), new GCMParameterSpec(128, IV));
    cipher.updateAAD(KEY);
    assertArrayEquals(TEXT, cipher.doFinal(encrypted));

    module.ok(Fn.C_DecryptInit, h, gcm, key);
    length.putLong(0, 1);
    assertEquals(
        Rv.CKR_BUFFER_TOO_SMALL, call(Fn.C_Decrypt, h, encrypted, encrypted.length, out, length));
    assertEquals(TEXT.length, length.getLong(0));
    module.ok(Fn.C_Decrypt, h, encrypted, encrypted.length, out, length);
    assertEquals(TEXT.length, length.getLong(0));
    encrypted[3] ^= 1;
    module.ok(Fn.C_DecryptInit, h, gcm, key);
    assertEquals(
        Rv.CKR_ENCRYPTED_DATA_INVALID,
        call(Fn.C_Decrypt, h, encrypted, encrypted.length, out, length));
    assertEquals(
        Rv.CKR_OPERATION_NOT_INITIALIZED,
        call(Fn.C_Decrypt, h, encrypted, encrypted.length, out, length));
    assertTrue(parameter.address() != 0); // in use until here
  }

  @Test
  void parametersOfTheWrongShape() {
    long key = aes();
    Pointer some = module.memory(64);
    for (int length : new int[] {0, 1, 15, 17, 47}) {
      assertEquals(
          Rv.CKR_MECHANISM_PARAM_INVALID,
          call(Fn.C_EncryptInit, h, mechanism(M_AES_CBC, some, length), key));
      assertEquals(
          Rv.CKR_MECHANISM_PARAM_INVALID,
          call(Fn.C_EncryptInit, h, mechanism(M_AES_GCM, some, length), key));
    }
    Pointer noAddress = module.mechanism(M_AES_CBC);
    noAddress.putLong(16, 16);
    assertEquals(Rv.CKR_ARGUMENTS_BAD, call(Fn.C_EncryptInit, h, noAddress, key));
  }

  @Test
  void nothingIsUnderWay() {
    Pointer out = module.memory(64);
    Pointer length = module.ulong(64);
    Rv none = Rv.CKR_OPERATION_NOT_INITIALIZED;
    for (Fn function :
        List.of(
            Fn.C_Encrypt,
            Fn.C_EncryptUpdate,
            Fn.C_Decrypt,
            Fn.C_DecryptUpdate,
            Fn.C_SignRecover,
            Fn.C_VerifyRecover,
            Fn.C_DigestEncryptUpdate,
            Fn.C_DecryptDigestUpdate,
            Fn.C_SignEncryptUpdate,
            Fn.C_DecryptVerifyUpdate)) {
      assertEquals(none, call(function, h, TEXT, 16, out, length), function.name());
    }
    assertEquals(none, call(Fn.C_EncryptFinal, h, out, length));
    assertEquals(none, call(Fn.C_DecryptFinal, h, out, length));
    assertEquals(none, call(Fn.C_GetOperationState, h, out, length));
    assertEquals(none, call(Fn.C_DigestKey, h, aes()));
    assertEquals(
        Rv.CKR_SAVED_STATE_INVALID, call(Fn.C_SetOperationState, h, TEXT, TEXT.length, 0, 0));
  }

  @Test
  void keysAreWrappedAndUnwrapped() {
    long key = aes();
    Pointer kwp = module.mechanism(M_AES_KEY_WRAP_KWP);
    Pointer length = module.ulong(0);
    module.ok(Fn.C_WrapKey, h, kwp, key, key, null, length);
    assertEquals(24, length.getLong(0));
    Pointer wrapped = module.memory(24);
    module.ok(Fn.C_WrapKey, h, kwp, key, key, wrapped, length);
    Template template =
        Template.of()
            .with(Ck.A_CLASS, O_SECRET_KEY)
            .with(Ck.A_KEY_TYPE, K_AES)
            .with(Ck.A_EXTRACTABLE, true)
            .with(Ck.A_SENSITIVE, false);
    Pointer handle = module.ulong(0);
    module.ok(Fn.C_UnwrapKey, h, kwp, key, wrapped, 24, template, 4, handle);
    assertArrayEquals(KEY, session.get(handle.getLong(0), Ck.A_VALUE));
    assertEquals(
        Rv.CKR_WRAPPING_KEY_HANDLE_INVALID,
        call(Fn.C_WrapKey, h, kwp, 0x7fff_fff1L, key, null, length));
    assertEquals(
        Rv.CKR_KEY_HANDLE_INVALID, call(Fn.C_WrapKey, h, kwp, key, 0x7fff_fff1L, null, length));
    assertEquals(
        Rv.CKR_UNWRAPPING_KEY_HANDLE_INVALID,
        call(Fn.C_UnwrapKey, h, kwp, 0x7fff_fff1L, wrapped, 24, template, 4, handle));
    assertEquals(
        Rv.CKR_WRAPPED_KEY_LEN_RANGE,
        call(Fn.C_UnwrapKey, h, kwp, key, wrapped, 23, template, 4, handle));
    wrapped.putByte(0, (byte) ~wrapped.getByte(0));
    assertEquals(
        Rv.CKR_WRAPPED_KEY_INVALID,
        call(Fn.C_UnwrapKey, h, kwp, key, wrapped, 24, template, 4, handle));
  }

  @Test
  void keysAreGeneratedAndCopied() {
    Pointer handle = module.ulong(0);
    Template template = Template.of().with(A_VALUE_LEN, 32);
    Pointer generation = module.mechanism(M_AES_KEY_GEN);
    module.ok(Fn.C_GenerateKey, h, generation, template, 1, handle);
    long key = handle.getLong(0);
    assertEquals(Rv.CKR_ARGUMENTS_BAD, call(Fn.C_GenerateKey, h, generation, template, 1, 0));
    assertEquals(
        Rv.CKR_KEY_SIZE_RANGE,
        call(Fn.C_GenerateKey, h, generation, Template.of().with(A_VALUE_LEN, 17), 1, handle));
    module.ok(Fn.C_CopyObject, h, key, 0, 0, handle);
    assertTrue(handle.getLong(0) != key);
    try (Session reader = module.readOnly(slot)) {
      assertEquals(
          Rv.CKR_SESSION_READ_ONLY,
          call(
              Fn.C_CopyObject,
              reader.handle(),
              key,
              Template.of().with(Ck.A_TOKEN, true),
              1,
              handle));
    }
    assertEquals(
        Rv.CKR_OBJECT_HANDLE_INVALID, call(Fn.C_CopyObject, h, 0x7fff_fff1L, 0, 0, handle));
    session.logout();
    assertEquals(
        Rv.CKR_USER_NOT_LOGGED_IN, call(Fn.C_GenerateKey, h, generation, template, 1, handle));
  }

  @Test
  void aDigestGoesOnInAnotherSession() {
    module.ok(Fn.C_DigestInit, h, module.mechanism(Ck.M_SHA256));
    module.ok(Fn.C_DigestUpdate, h, TEXT, 20);
    Pointer length = module.ulong(0);
    module.ok(Fn.C_GetOperationState, h, null, length);
    Pointer state = module.memory((int) length.getLong(0));
    module.ok(Fn.C_GetOperationState, h, state, length);
    try (Session other = module.readOnly(slot)) {
      module.ok(Fn.C_SetOperationState, other.handle(), state, length.getLong(0), 0, 0);
      module.ok(Fn.C_DigestUpdate, other.handle(), TEXT, 17);
      Pointer digest = module.memory(32);
      module.ok(Fn.C_DigestFinal, other.handle(), digest, module.ulong(32));
      byte[] found = new byte[32];
      digest.get(0, found, 0, 32);
      module.ok(Fn.C_DigestFinal, h, digest, module.ulong(32));
      assertArrayEquals(session.digest(Ck.M_SHA256, TEXT), found);
    }
  }

  @Test
  void waitingForSlotsWithoutWaiting() {
    Pointer changed = module.ulong(0);
    while (call(Fn.C_WaitForSlotEvent, 1, changed, null) == Rv.CKR_OK) {
      assertTrue(changed.getLong(0) > 0);
    }
    assertEquals(Rv.CKR_NO_EVENT, call(Fn.C_WaitForSlotEvent, 1, changed, null));
    assertEquals(Rv.CKR_ARGUMENTS_BAD, call(Fn.C_WaitForSlotEvent, 1, null, null));
  }
}
