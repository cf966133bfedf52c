package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.CryptokiException;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.PublicKeys;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Session.KeyPair;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.util.List;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a function answers when it is called at the wrong time or with the wrong handle. */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class StateErrorTest {
  private static final long NOBODY = 0x7fff_fff1L;

  private Cryptoki module;
  private long slot;
  private Session session;
  private KeyPair pair;

  @BeforeAll
  void makeKey(Lab lab) {
    module = Cryptoki.load(lab);
    module.initialize();
    slot = module.token("states");
    try (Session first = module.readWrite(slot)) {
      first.login(Lab.PIN);
      first.generateEc(PublicKeys.P256, "key", (byte) 1);
    }
  }

  @BeforeEach
  void login() {
    session = module.readWrite(slot);
    session.login(Lab.PIN);
    pair =
        new KeyPair(
            session.findOne(Template.of().with(Ck.A_CLASS, Ck.O_PUBLIC_KEY)),
            session.findOne(Template.of().with(Ck.A_CLASS, Ck.O_PRIVATE_KEY)));
  }

  @AfterEach
  void closeAll() {
    module.ok(Fn.C_CloseAllSessions, slot);
  }

  @AfterAll
  void finish() {
    module.finish();
  }

  private Rv call(Fn function, Object... arguments) {
    return module.call(function, arguments);
  }

  @Test
  void initialisedAlready() {
    assertEquals(Rv.CKR_CRYPTOKI_ALREADY_INITIALIZED, module.call(Fn.C_Initialize, (Object) null));
  }

  @Test
  void operationsThatNobodyBegan() {
    Pointer out = module.memory(256);
    Pointer length = module.ulong(256);
    byte[] data = new byte[32];
    long h = session.handle();
    Rv none = Rv.CKR_OPERATION_NOT_INITIALIZED;
    assertEquals(none, call(Fn.C_Sign, h, data, 32, out, length));
    assertEquals(none, call(Fn.C_SignUpdate, h, data, 32));
    assertEquals(none, call(Fn.C_SignFinal, h, out, length));
    assertEquals(none, call(Fn.C_Verify, h, data, 32, data, 32));
    assertEquals(none, call(Fn.C_VerifyUpdate, h, data, 32));
    assertEquals(none, call(Fn.C_VerifyFinal, h, data, 32));
    assertEquals(none, call(Fn.C_Digest, h, data, 32, out, length));
    assertEquals(none, call(Fn.C_DigestUpdate, h, data, 32));
    assertEquals(none, call(Fn.C_DigestFinal, h, out, length));
    assertEquals(none, call(Fn.C_Decrypt, h, data, 32, out, length));
    assertEquals(none, call(Fn.C_Encrypt, h, data, 32, out, length));
    assertEquals(none, call(Fn.C_FindObjects, h, out, 1, length));
    assertEquals(none, call(Fn.C_FindObjectsFinal, h));
  }

  @Test
  void operationsThatGoOnAlready() {
    long h = session.handle();
    Pointer ecdsa = module.mechanism(Ck.M_ECDSA);
    Pointer sha = module.mechanism(Ck.M_SHA256);
    module.ok(Fn.C_SignInit, h, ecdsa, pair.privateKey());
    assertEquals(Rv.CKR_OPERATION_ACTIVE, call(Fn.C_SignInit, h, ecdsa, pair.privateKey()));
    try (Session other = module.readOnly(slot)) {
      module.ok(Fn.C_DigestInit, other.handle(), sha);
      assertEquals(Rv.CKR_OPERATION_ACTIVE, call(Fn.C_DigestInit, other.handle(), sha));
    }
    try (Session other = module.readOnly(slot)) {
      module.ok(Fn.C_FindObjectsInit, other.handle(), Template.of(), 0);
      assertEquals(
          Rv.CKR_OPERATION_ACTIVE, call(Fn.C_FindObjectsInit, other.handle(), Template.of(), 0));
    }
  }

  @Test
  void handlesOfNobody() {
    byte[] data = new byte[32];
    long h = session.handle();
    Pointer info = module.memory(256);
    assertEquals(Rv.CKR_SESSION_HANDLE_INVALID, call(Fn.C_GetSessionInfo, NOBODY, info));
    assertEquals(Rv.CKR_SESSION_HANDLE_INVALID, call(Fn.C_CloseSession, NOBODY));
    assertEquals(Rv.CKR_SESSION_HANDLE_INVALID, call(Fn.C_SignUpdate, NOBODY, data, 32));
    assertEquals(Rv.CKR_SESSION_HANDLE_INVALID, call(Fn.C_GenerateRandom, NOBODY, info, 32));
    assertEquals(Rv.CKR_OBJECT_HANDLE_INVALID, call(Fn.C_DestroyObject, h, NOBODY));
    assertEquals(Rv.CKR_OBJECT_HANDLE_INVALID, call(Fn.C_GetAttributeValue, h, NOBODY, info, 1));
    assertEquals(Rv.CKR_SLOT_ID_INVALID, call(Fn.C_GetSlotInfo, NOBODY, info));
    assertEquals(Rv.CKR_SLOT_ID_INVALID, call(Fn.C_GetTokenInfo, NOBODY, info));
    assertEquals(Rv.CKR_SLOT_ID_INVALID, call(Fn.C_CloseAllSessions, NOBODY));
    assertEquals(
        Rv.CKR_SLOT_ID_INVALID, module.call(Fn.C_OpenSession, NOBODY, 4, null, null, info));
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM answers CKR_OBJECT_HANDLE_INVALID, and takes any type of key
  void keysThatDoNotFit() {
    long h = session.handle();
    Pointer ecdsa = module.mechanism(Ck.M_ECDSA);
    Pointer rsa = module.mechanism(Ck.M_RSA_PKCS);
    assertEquals(Rv.CKR_KEY_HANDLE_INVALID, call(Fn.C_SignInit, h, ecdsa, NOBODY));
    assertEquals(Rv.CKR_KEY_HANDLE_INVALID, call(Fn.C_VerifyInit, h, ecdsa, NOBODY));
    assertEquals(Rv.CKR_KEY_TYPE_INCONSISTENT, call(Fn.C_SignInit, h, rsa, pair.privateKey()));
    assertEquals(Rv.CKR_KEY_TYPE_INCONSISTENT, call(Fn.C_VerifyInit, h, rsa, pair.publicKey()));
  }

  @Test
  void aClosedSessionIsNobody() {
    Session other = module.readOnly(slot);
    other.close();
    assertEquals(
        Rv.CKR_SESSION_HANDLE_INVALID,
        call(Fn.C_GetSessionInfo, other.handle(), module.memory(32)));
  }

  @Test
  void mechanismsThatDoNotFit() {
    long h = session.handle();
    Pointer none = module.mechanism(Ck.M_NONE);
    assertEquals(Rv.CKR_MECHANISM_INVALID, call(Fn.C_SignInit, h, none, pair.privateKey()));
    assertEquals(Rv.CKR_MECHANISM_INVALID, call(Fn.C_VerifyInit, h, none, pair.publicKey()));
    assertEquals(Rv.CKR_MECHANISM_INVALID, call(Fn.C_DigestInit, h, none));
    assertEquals(
        Rv.CKR_MECHANISM_INVALID, call(Fn.C_GetMechanismInfo, slot, Ck.M_NONE, module.memory(24)));
    assertEquals(Rv.CKR_MECHANISM_INVALID, call(Fn.C_DigestInit, h, module.mechanism(Ck.M_ECDSA)));
  }

  @Test
  void aPublicKeyDoesNotSign() {
    Rv rv = call(Fn.C_SignInit, session.handle(), module.mechanism(Ck.M_ECDSA), pair.publicKey());
    assertTrue(
        List.of(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, Rv.CKR_KEY_TYPE_INCONSISTENT).contains(rv),
        rv.name());
  }

  @Test
  void aReaderDoesNotWrite() {
    Template data = Template.of().with(Ck.A_CLASS, Ck.O_DATA).with(Ck.A_TOKEN, true);
    try (Session reader = module.readOnly(slot)) {
      fails(Rv.CKR_SESSION_READ_ONLY, () -> reader.create(data));
      fails(Rv.CKR_SESSION_READ_ONLY, () -> reader.destroy(pair.privateKey()));
      fails(Rv.CKR_SESSION_READ_ONLY, () -> reader.setPin(Lab.PIN, "another-pin"));
      fails(
          Rv.CKR_SESSION_READ_ONLY,
          () -> reader.set(pair.privateKey(), Template.of().with(Ck.A_LABEL, "x")));
      fails(Rv.CKR_SESSION_READ_ONLY, () -> reader.generateEc(PublicKeys.P256, "x", (byte) 3));
    }
  }

  @Test
  void nobodyMakesPrivateObjectsWithoutLogin() {
    session.logout();
    fails(
        Rv.CKR_USER_NOT_LOGGED_IN, () -> session.generateEc(PublicKeys.P256, "not made", (byte) 4));
    fails(
        Rv.CKR_USER_NOT_LOGGED_IN,
        () ->
            session.create(
                Template.of()
                    .with(Ck.A_CLASS, Ck.O_DATA)
                    .with(Ck.A_TOKEN, true)
                    .with(Ck.A_PRIVATE, true)));
    fails(Rv.CKR_USER_NOT_LOGGED_IN, () -> session.initPin("12345678"));
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM still knows the handle, and answers CKR_USER_NOT_LOGGED_IN
  void logoutTakesThePrivateHandlesAway() {
    session.logout();
    assertEquals(
        Rv.CKR_KEY_HANDLE_INVALID,
        call(Fn.C_SignInit, session.handle(), module.mechanism(Ck.M_ECDSA), pair.privateKey()));
  }

  @Test
  void sessionsAreSerial() {
    assertEquals(
        Rv.CKR_SESSION_PARALLEL_NOT_SUPPORTED,
        module.call(Fn.C_OpenSession, slot, 0, null, null, module.ulong(0)));
  }

  @Test
  void incompleteTemplates() {
    fails(
        Rv.CKR_TEMPLATE_INCOMPLETE,
        () -> session.create(Template.of().with(Ck.A_TOKEN, true).with(Ck.A_LABEL, "classless")));
    fails(
        Rv.CKR_TEMPLATE_INCOMPLETE,
        () ->
            session.generate(
                Ck.M_EC_KEY_PAIR_GEN, Template.of().with(Ck.A_LABEL, "x"), Template.of()));
  }

  private static void fails(Rv expected, Runnable action) {
    assertEquals(expected, assertThrows(CryptokiException.class, action::run).rv());
  }
}
