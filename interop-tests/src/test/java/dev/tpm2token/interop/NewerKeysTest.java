package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.PublicKeys;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
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
 * What 3.2 does with keys, through C: encapsulation, wrapping with associated data; and templates
 * in templates, trust objects, operations that nobody waits for.
 */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only") // SoftHSM knows Cryptoki 2.40
class NewerKeysTest {
  private static final long O_TRUST = 0xb;
  private static final long A_WRAP = 0x106;
  private static final long A_UNWRAP = 0x107;
  private static final long A_VALUE_LEN = 0x161;
  private static final long A_TRUST_SERVER_AUTH = 0x62c;
  private static final long A_ENCAPSULATE = 0x633;
  private static final long A_DECAPSULATE = 0x634;
  private static final long A_WRAP_TEMPLATE = 0x40000211L;
  private static final long M_AES_GCM = 0x1087;
  private static final long M_ECDH1_DERIVE = 0x1050;
  private static final long M_AES_KEY_WRAP_KWP = 0x210b;
  private static final long NOBODY = 0x7fff_fff1L;
  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Cryptoki module;
  private long slot;
  private Session session;
  private long h;

  @BeforeAll
  void makeToken(Lab lab) {
    module = Cryptoki.load(lab);
    module.initialize();
    slot = module.token("newer keys");
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

  private Rv call(NewerFn function, @Nullable Object... arguments) {
    return module.call(function, arguments);
  }

  private static Template secret() {
    return Template.of()
        .with(Ck.A_CLASS, 4)
        .with(Ck.A_KEY_TYPE, 0x1f)
        .with(Ck.A_EXTRACTABLE, true)
        .with(Ck.A_SENSITIVE, false);
  }

  private long aes(Template more) {
    return session.create(more.with(Ck.A_VALUE, KEY).with(A_WRAP, true).with(A_UNWRAP, true));
  }

  private Pointer mechanism(long type, Pointer parameter, int length) {
    Pointer mechanism = module.mechanism(type);
    mechanism.putLong(8, parameter.address());
    mechanism.putLong(16, length);
    return mechanism;
  }

  private static byte[] taken(Pointer memory, int length) {
    byte[] bytes = new byte[length];
    memory.get(0, bytes, 0, length);
    return bytes;
  }

  @Test
  void encapsulationByTheTpmsEcdh() {
    Session.KeyPair pair = session.generateEc(PublicKeys.P256, "encapsulates", (byte) 9);
    Pointer ecdh = module.memory(40);
    ecdh.putLong(0, 1); // CKD_NULL, and nothing else
    Pointer mechanism = mechanism(M_ECDH1_DERIVE, ecdh, 40);
    Template template = secret().with(A_VALUE_LEN, 32);
    Pointer length = module.ulong(0);
    Pointer key = module.ulong(0);
    Object[] query = {
      h, mechanism, pair.publicKey(), template, template.count(), null, length, null
    };
    assertEquals(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, call(NewerFn.C_EncapsulateKey, query));
    session.set(pair.publicKey(), Template.of().with(A_ENCAPSULATE, true));
    module.ok(NewerFn.C_EncapsulateKey, query);
    assertEquals(65, length.getLong(0));
    Pointer point = module.memory(65);
    length.putLong(0, 64);
    Object[] wanted = {
      h, mechanism, pair.publicKey(), template, template.count(), point, length, key
    };
    assertEquals(Rv.CKR_BUFFER_TOO_SMALL, call(NewerFn.C_EncapsulateKey, wanted));
    module.ok(NewerFn.C_EncapsulateKey, wanted);
    assertEquals(65, length.getLong(0));
    byte[] shared = session.get(key.getLong(0), Ck.A_VALUE);

    Object[] back = {h, mechanism, pair.privateKey(), template, template.count(), point, 65, key};
    assertEquals(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, call(NewerFn.C_DecapsulateKey, back));
    session.set(pair.privateKey(), Template.of().with(A_DECAPSULATE, true));
    module.ok(NewerFn.C_DecapsulateKey, back);
    assertArrayEquals(shared, session.get(key.getLong(0), Ck.A_VALUE));
    point.putByte(5, (byte) ~point.getByte(5));
    assertEquals(Rv.CKR_WRAPPED_KEY_INVALID, call(NewerFn.C_DecapsulateKey, back));
    back[2] = NOBODY;
    assertEquals(Rv.CKR_UNWRAPPING_KEY_HANDLE_INVALID, call(NewerFn.C_DecapsulateKey, back));
    wanted[2] = NOBODY;
    assertEquals(Rv.CKR_KEY_HANDLE_INVALID, call(NewerFn.C_EncapsulateKey, wanted));
    wanted[1] = module.mechanism(Ck.M_ECDSA);
    assertEquals(Rv.CKR_MECHANISM_INVALID, call(NewerFn.C_EncapsulateKey, wanted));
    wanted[6] = 0;
    assertEquals(Rv.CKR_ARGUMENTS_BAD, call(NewerFn.C_EncapsulateKey, wanted));
  }

  @Test
  void wrappingWithAssociatedData() {
    long with = aes(secret());
    Pointer iv = module.memory(12);
    Pointer tag = module.memory(16);
    Pointer gcm = module.memory(48);
    gcm.putLong(0, iv.address());
    gcm.putLong(8, 12);
    gcm.putLong(24, 1); // CKG_GENERATE
    gcm.putLong(32, tag.address());
    gcm.putLong(40, 128);
    Pointer mechanism = mechanism(M_AES_GCM, gcm, 48);
    Pointer length = module.ulong(0);
    Pointer wrapped = module.memory(16);
    Object[] wrap = {h, mechanism, with, with, KEY, KEY.length, null, length};
    module.ok(NewerFn.C_WrapKeyAuthenticated, wrap);
    assertEquals(16, length.getLong(0));
    assertArrayEquals(new byte[12], taken(iv, 12), "asking for a length makes no IV");
    wrap[6] = wrapped;
    module.ok(NewerFn.C_WrapKeyAuthenticated, wrap);
    Pointer key = module.ulong(0);
    Template template = secret();
    Object[] unwrap = {
      h, mechanism, with, wrapped, 16, template, template.count(), KEY, KEY.length, key
    };
    module.ok(NewerFn.C_UnwrapKeyAuthenticated, unwrap);
    assertArrayEquals(KEY, session.get(key.getLong(0), Ck.A_VALUE));
    tag.putByte(3, (byte) ~tag.getByte(3));
    assertEquals(Rv.CKR_WRAPPED_KEY_INVALID, call(NewerFn.C_UnwrapKeyAuthenticated, unwrap));
    unwrap[1] = module.mechanism(Ck.M_SHA256);
    assertEquals(Rv.CKR_MECHANISM_INVALID, call(NewerFn.C_UnwrapKeyAuthenticated, unwrap));
    wrap[2] = NOBODY;
    assertEquals(Rv.CKR_WRAPPING_KEY_HANDLE_INVALID, call(NewerFn.C_WrapKeyAuthenticated, wrap));
  }

  @Test
  void theTagAfterTheKey() {
    long with = aes(secret());
    Pointer iv = module.memory(12);
    Pointer aad = module.bytes(KEY);
    Pointer gcm = module.memory(56); // CK_GCM_WRAP_PARAMS
    gcm.putLong(0, iv.address());
    gcm.putLong(8, 12);
    gcm.putLong(24, 1); // CKG_GENERATE
    gcm.putLong(32, aad.address());
    gcm.putLong(40, KEY.length);
    gcm.putLong(48, 128);
    Pointer mechanism = mechanism(M_AES_GCM, gcm, 56);
    Pointer length = module.ulong(0);
    module.ok(Fn.C_WrapKey, h, mechanism, with, with, null, length);
    assertEquals(32, length.getLong(0));
    Pointer wrapped = module.memory(32);
    module.ok(Fn.C_WrapKey, h, mechanism, with, with, wrapped, length);
    assertFalse(Arrays.equals(new byte[12], taken(iv, 12)));
    Pointer key = module.ulong(0);
    Template template = secret();
    module.ok(Fn.C_UnwrapKey, h, mechanism, with, wrapped, 32, template, template.count(), key);
    assertArrayEquals(KEY, session.get(key.getLong(0), Ck.A_VALUE));
    Pointer older = module.memory(48); // CK_GCM_PARAMS
    older.putLong(0, iv.address());
    older.putLong(8, 12);
    older.putLong(16, 96);
    older.putLong(24, aad.address());
    older.putLong(32, KEY.length);
    older.putLong(40, 128);
    module.ok(
        Fn.C_UnwrapKey,
        h,
        mechanism(M_AES_GCM, older, 48),
        with,
        wrapped,
        32,
        template,
        template.count(),
        key);
    assertArrayEquals(KEY, session.get(key.getLong(0), Ck.A_VALUE));
  }

  @Test
  void aTemplateInATemplate() {
    Template inner = Template.of().with(Ck.A_ENCRYPT, true).with(Ck.A_LABEL, "named");
    long with = aes(secret().with(A_WRAP_TEMPLATE, inner));
    Pointer attribute = module.memory(24);
    attribute.putLong(0, A_WRAP_TEMPLATE);
    module.ok(Fn.C_GetAttributeValue, h, with, attribute, 1);
    assertEquals(48, attribute.getLong(16));
    Pointer array = module.memory(48);
    attribute.putLong(8, array.address());
    module.ok(Fn.C_GetAttributeValue, h, with, attribute, 1);
    assertEquals(Ck.A_ENCRYPT, array.getLong(0));
    assertEquals(1, array.getLong(16));
    assertEquals(Ck.A_LABEL, array.getLong(24));
    assertEquals(5, array.getLong(40));
    Pointer label = module.memory(5);
    array.putLong(32, label.address());
    module.ok(Fn.C_GetAttributeValue, h, with, attribute, 1);
    assertArrayEquals("named".getBytes(StandardCharsets.US_ASCII), taken(label, 5));
    array.putLong(40, 4);
    assertEquals(
        Rv.CKR_BUFFER_TOO_SMALL, module.call(Fn.C_GetAttributeValue, h, with, attribute, 1));
    assertEquals(Ck.UNAVAILABLE, array.getLong(40));

    Pointer kwp = module.mechanism(M_AES_KEY_WRAP_KWP);
    Pointer length = module.ulong(0);
    long right = aes(secret().with(Ck.A_ENCRYPT, true).with(Ck.A_LABEL, "named"));
    module.ok(Fn.C_WrapKey, h, kwp, with, right, null, length);
    long wrong = aes(secret().with(Ck.A_ENCRYPT, true).with(Ck.A_LABEL, "other"));
    assertEquals(
        Rv.CKR_KEY_HANDLE_INVALID, module.call(Fn.C_WrapKey, h, kwp, with, wrong, null, length));
  }

  @Test
  void trustForACertificate() {
    Template trust =
        Template.of()
            .with(Ck.A_CLASS, O_TRUST)
            .with(Ck.A_TOKEN, true)
            .with(Ck.A_ISSUER, new byte[] {0x30, 0})
            .with(Ck.A_SERIAL_NUMBER, new byte[] {2, 1, 1})
            .with(A_TRUST_SERVER_AUTH, 3);
    long object = session.create(trust);
    assertArrayEquals(new long[] {object}, session.find(Template.of().with(Ck.A_CLASS, O_TRUST)));
    assertEquals(3, session.get(object, A_TRUST_SERVER_AUTH)[0]);
    session.destroy(object);
  }

  @Test
  void noOperationGoesOnByItself() {
    byte[] name = "C_Sign\0".getBytes(StandardCharsets.US_ASCII);
    Pointer result = module.memory(64);
    assertEquals(Rv.CKR_OPERATION_NOT_INITIALIZED, call(NewerFn.C_AsyncComplete, h, name, result));
    assertEquals(Rv.CKR_OPERATION_NOT_INITIALIZED, call(NewerFn.C_AsyncGetID, h, name, result));
    assertEquals(Rv.CKR_ARGUMENTS_BAD, call(NewerFn.C_AsyncGetID, h, name, null));
    assertEquals(Rv.CKR_SAVED_STATE_INVALID, call(NewerFn.C_AsyncJoin, h, name, 1, result, 64));
    for (NewerFn function : List.of(NewerFn.C_AsyncComplete, NewerFn.C_AsyncGetID)) {
      assertEquals(Rv.CKR_ARGUMENTS_BAD, call(function, h, null, result));
      assertEquals(Rv.CKR_SESSION_HANDLE_INVALID, call(function, NOBODY, name, result));
    }
  }
}
