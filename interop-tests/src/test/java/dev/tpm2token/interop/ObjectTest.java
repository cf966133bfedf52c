package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.Arrays;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** Objects: found, read, changed, made and destroyed. */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class ObjectTest {
  private Cryptoki module;
  private long slot;
  private Session session;
  private KeyPair rsa;
  private KeyPair ec;

  @BeforeAll
  void makeKeys(Lab lab) {
    module = Cryptoki.load(lab);
    module.initialize();
    slot = module.token("objects");
    session = module.readWrite(slot);
    session.login(Lab.PIN);
    rsa = session.generateRsa(2048, "an rsa key", (byte) 1);
    ec = session.generateEc(PublicKeys.P256, "an ec key", (byte) 2, (byte) 0);
  }

  @AfterAll
  void finish() {
    module.finish();
  }

  private static Template objects(long type) {
    return Template.of().with(Ck.A_CLASS, type);
  }

  @Test
  void keysAreFoundByClassLabelAndId() {
    long found = session.findOne(objects(Ck.O_PRIVATE_KEY).with(Ck.A_LABEL, "an rsa key"));
    assertEquals("an rsa key", session.getText(found, Ck.A_LABEL));
    found = session.findOne(objects(Ck.O_PUBLIC_KEY).with(Ck.A_ID, new byte[] {2, 0}));
    assertArrayEquals(new byte[] {2, 0}, session.get(found, Ck.A_ID));
    assertEquals(0, session.find(Template.of().with(Ck.A_LABEL, "nobody")).length);
    assertEquals(2, session.find(Template.of().with(Ck.A_KEY_TYPE, Ck.K_EC)).length);
    assertTrue(session.find(Template.of()).length >= 4);
  }

  @Test
  void privateObjectsAreSeenByTheUserAlone() {
    session.logout();
    try {
      assertEquals(0, session.find(objects(Ck.O_PRIVATE_KEY)).length);
      assertEquals(2, session.find(objects(Ck.O_PUBLIC_KEY)).length);
    } finally {
      session.login(Lab.PIN);
    }
    assertEquals(2, session.find(objects(Ck.O_PRIVATE_KEY)).length);
  }

  @Test
  void aKeyTellsWhatItIs() {
    assertTrue(session.getBoolean(rsaPrivate(), Ck.A_SENSITIVE));
    assertTrue(session.getBoolean(rsaPrivate(), Ck.A_PRIVATE));
    assertTrue(session.getBoolean(rsaPrivate(), Ck.A_TOKEN));
    assertTrue(session.getBoolean(rsaPrivate(), Ck.A_LOCAL));
    assertTrue(session.getBoolean(rsaPrivate(), Ck.A_ALWAYS_SENSITIVE));
    assertTrue(session.getBoolean(rsaPrivate(), Ck.A_NEVER_EXTRACTABLE));
    assertFalse(session.getBoolean(rsaPrivate(), Ck.A_EXTRACTABLE));
    assertFalse(session.getBoolean(rsaPrivate(), Ck.A_ALWAYS_AUTHENTICATE));
    assertEquals(256, session.get(rsaPrivate(), Ck.A_MODULUS).length);
    assertArrayEquals(
        session.get(rsaPublic(), Ck.A_MODULUS), session.get(rsaPrivate(), Ck.A_MODULUS));
    assertArrayEquals(new byte[] {1, 0, 1}, session.get(rsaPublic(), Ck.A_PUBLIC_EXPONENT));
    assertArrayEquals(PublicKeys.P256, session.get(ecPublic(), Ck.A_EC_PARAMS));
    assertArrayEquals(PublicKeys.P256, session.get(ecPrivate(), Ck.A_EC_PARAMS));
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM's private EC keys have no point; engine_pkcs11 wants it
  void aPrivateEcKeyHasItsPoint() {
    assertArrayEquals(
        session.get(ecPublic(), Ck.A_EC_POINT), session.get(ecPrivate(), Ck.A_EC_POINT));
  }

  // Handles are looked up anew: a logout makes those of private objects invalid.
  private long rsaPrivate() {
    return session.findOne(objects(Ck.O_PRIVATE_KEY).with(Ck.A_ID, new byte[] {1}));
  }

  private long ecPrivate() {
    return session.findOne(objects(Ck.O_PRIVATE_KEY).with(Ck.A_ID, new byte[] {2, 0}));
  }

  private long rsaPublic() {
    return rsa.publicKey();
  }

  private long ecPublic() {
    return ec.publicKey();
  }

  @Test
  void aMixedQueryFillsWhatItCan() {
    Pointer entries = module.memory(4 * 24);
    Pointer label = module.memory(64);
    Pointer small = module.memory(8);
    entry(entries, 0, Ck.A_LABEL, label.address(), 64);
    entry(entries, 1, Ck.A_VENDOR, 0, 0);
    entry(entries, 2, Ck.A_MODULUS, 0, 0);
    entry(entries, 3, Ck.A_PUBLIC_EXPONENT, small.address(), 8);
    assertEquals(
        Rv.CKR_ATTRIBUTE_TYPE_INVALID,
        module.call(Fn.C_GetAttributeValue, session.handle(), rsaPublic(), entries, 4));
    assertEquals("an rsa key".length(), entries.getLong(16));
    assertEquals('a', label.getByte(0));
    assertEquals(Ck.UNAVAILABLE, entries.getLong(24 + 16));
    assertEquals(256, entries.getLong(48 + 16));
    assertEquals(3, entries.getLong(72 + 16));
    assertEquals(1, small.getByte(0));
  }

  @Test
  void theSecretIsNotGivenOut() {
    Pointer entries = module.memory(2 * 24);
    Pointer label = module.memory(64);
    entry(entries, 0, Ck.A_PRIVATE_EXPONENT, 0, 0);
    entry(entries, 1, Ck.A_LABEL, label.address(), 64);
    assertEquals(
        Rv.CKR_ATTRIBUTE_SENSITIVE,
        module.call(Fn.C_GetAttributeValue, session.handle(), rsaPrivate(), entries, 2));
    assertEquals(Ck.UNAVAILABLE, entries.getLong(16));
    assertEquals("an rsa key".length(), entries.getLong(24 + 16));
  }

  @Test
  void aBufferThatIsTooSmallIsLeftAlone() {
    Pointer entries = module.memory(24);
    Pointer small = module.memory(8);
    entry(entries, 0, Ck.A_MODULUS, small.address(), 8);
    assertEquals(
        Rv.CKR_BUFFER_TOO_SMALL,
        module.call(Fn.C_GetAttributeValue, session.handle(), rsaPublic(), entries, 1));
    assertEquals(Ck.UNAVAILABLE, entries.getLong(16));
    assertEquals(0, small.getLong(0));
  }

  private static void entry(Pointer entries, int index, long type, long address, long length) {
    entries.putLong(24L * index, type);
    entries.putLong(24L * index + 8, address);
    entries.putLong(24L * index + 16, length);
  }

  @Test
  void labelAndIdCanBeChanged() {
    KeyPair pair = session.generateEc(PublicKeys.P256, "before", (byte) 7);
    Template change = Template.of().with(Ck.A_LABEL, "after").with(Ck.A_ID, new byte[] {8, 8});
    session.set(pair.privateKey(), change);
    session.set(pair.publicKey(), change);
    assertEquals(2, session.find(Template.of().with(Ck.A_ID, new byte[] {8, 8})).length);
    assertEquals(0, session.find(Template.of().with(Ck.A_LABEL, "before")).length);
    assertEquals(64, session.sign(Ck.M_ECDSA, pair.privateKey(), new byte[32]).length);
    session.destroy(pair.privateKey());
    session.destroy(pair.publicKey());
  }

  @Test
  void whatAKeyIsCannotBeChanged() {
    for (Template change :
        new Template[] {
          Template.of().with(Ck.A_SENSITIVE, false),
          Template.of().with(Ck.A_EXTRACTABLE, true),
          Template.of().with(Ck.A_CLASS, Ck.O_DATA),
          Template.of().with(Ck.A_MODULUS, new byte[256]),
        }) {
      assertEquals(
          Rv.CKR_ATTRIBUTE_READ_ONLY,
          assertThrows(CryptokiException.class, () -> session.set(rsaPrivate(), change)).rv());
    }
  }

  @Test
  void aDestroyedKeyIsGone() {
    KeyPair pair = session.generateEc(PublicKeys.P256, "short-lived", (byte) 9);
    session.destroy(pair.privateKey());
    assertEquals(1, session.find(Template.of().with(Ck.A_LABEL, "short-lived")).length);
    session.destroy(pair.publicKey());
    assertEquals(0, session.find(Template.of().with(Ck.A_LABEL, "short-lived")).length);
    assertEquals(
        Rv.CKR_OBJECT_HANDLE_INVALID,
        module.call(Fn.C_DestroyObject, session.handle(), pair.privateKey()));
  }

  @Test
  void certificatesAndDataComeAndGo() {
    byte[] value = {0x30, 3, 2, 1, 5};
    Template certificate =
        objects(Ck.O_CERTIFICATE)
            .with(Ck.A_TOKEN, true)
            .with(Ck.A_PRIVATE, false)
            .with(Ck.A_CERTIFICATE_TYPE, 0)
            .with(Ck.A_SUBJECT, new byte[] {0x30, 0})
            .with(Ck.A_ISSUER, new byte[] {0x30, 0})
            .with(Ck.A_SERIAL_NUMBER, new byte[] {2, 1, 5})
            .with(Ck.A_ID, new byte[] {1})
            .with(Ck.A_LABEL, "a certificate")
            .with(Ck.A_VALUE, value);
    Template data =
        objects(Ck.O_DATA)
            .with(Ck.A_TOKEN, true)
            .with(Ck.A_PRIVATE, true)
            .with(Ck.A_APPLICATION, "tests")
            .with(Ck.A_LABEL, "some data")
            .with(Ck.A_VALUE, value);
    for (Template template : new Template[] {certificate, data}) {
      long object = session.create(template);
      long found = session.findOne(Template.of().with(Ck.A_VALUE, value));
      assertEquals(object, found);
      assertArrayEquals(value, session.get(found, Ck.A_VALUE));
      session.destroy(found);
      assertEquals(0, session.find(Template.of().with(Ck.A_VALUE, value)).length);
    }
  }

  @Test
  void sessionObjectsEndWithTheirSession() {
    Template template = objects(Ck.O_DATA).with(Ck.A_TOKEN, false).with(Ck.A_LABEL, "fleeting");
    try (Session owner = module.readOnly(slot)) {
      owner.create(template);
      assertEquals(1, session.find(Template.of().with(Ck.A_LABEL, "fleeting")).length);
    }
    assertEquals(0, session.find(Template.of().with(Ck.A_LABEL, "fleeting")).length);
  }

  @Test
  void whatOneSessionMakesAnotherSees() {
    try (Session reader = module.readOnly(slot)) {
      long made =
          session.create(objects(Ck.O_DATA).with(Ck.A_TOKEN, true).with(Ck.A_LABEL, "shared"));
      long seen = reader.findOne(Template.of().with(Ck.A_LABEL, "shared"));
      assertEquals(made, seen);
      session.destroy(made);
      assertEquals(0, reader.find(Template.of().with(Ck.A_LABEL, "shared")).length);
    }
  }

  @Test
  void aFindIsASnapshot() {
    long[] made = new long[5];
    for (int i = 0; i < made.length; i++) {
      made[i] =
          session.create(objects(Ck.O_DATA).with(Ck.A_TOKEN, true).with(Ck.A_LABEL, "snapshot"));
    }
    Template template = Template.of().with(Ck.A_LABEL, "snapshot");
    Pointer found = module.memory(8);
    Pointer count = module.ulong(0);
    module.ok(Fn.C_FindObjectsInit, session.handle(), template, 1);
    for (int i = 0; i < made.length; i++) {
      module.ok(Fn.C_FindObjects, session.handle(), found, 1, count);
      assertEquals(1, count.getLong(0));
      session.destroy(found.getLong(0));
    }
    module.ok(Fn.C_FindObjectsFinal, session.handle());
    assertEquals(0, session.find(template).length);
  }

  @Test
  void keysOutliveTheProcess() {
    byte[] modulus = session.get(rsaPublic(), Ck.A_MODULUS);
    long[] before = session.find(objects(Ck.O_PRIVATE_KEY));
    module.finish();
    module.initialize();
    slot = module.slotOf("objects");
    session = module.readWrite(slot);
    session.login(Lab.PIN);
    assertEquals(before.length, session.find(objects(Ck.O_PRIVATE_KEY)).length);
    rsa =
        new KeyPair(
            session.findOne(objects(Ck.O_PUBLIC_KEY).with(Ck.A_ID, new byte[] {1})), rsaPrivate());
    ec =
        new KeyPair(
            session.findOne(objects(Ck.O_PUBLIC_KEY).with(Ck.A_ID, new byte[] {2, 0})),
            ecPrivate());
    assertTrue(Arrays.equals(modulus, session.get(rsaPublic(), Ck.A_MODULUS)));
    assertEquals(256, session.sign(Ck.M_RSA_PKCS, rsaPrivate(), new byte[20]).length);
  }
}
