package dev.tpm2token.token;

import static dev.tpm2token.token.Bench.template;
import static dev.tpm2token.token.attribute.AttributeType.*;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.crypto.PrivateKeys;
import dev.tpm2token.token.device.PrivateKeyMaterial;
import dev.tpm2token.token.device.PublicAreas;
import dev.tpm2token.token.keyfile.TpmKeyFile;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.tpm.Passwords;
import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.session.Wrapped;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import dev.tpm2token.tpm.structure.TpmsPcrSelection;
import dev.tpm2token.tpm.structure.TpmtPublic;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that come from elsewhere, go there, or are bound to what the machine was started with. */
@Tag("swtpm")
class ForeignKeysTest {
  private static final byte[] DATA = "what is signed".getBytes(UTF_8);
  private static final byte[] PASSWORD = "a key's password".getBytes(UTF_8);
  private static final byte[] NOBODY_ASKED = {};
  private static final Template KEPT = template(CKA_TOKEN, true, CKA_LABEL, "foreign");
  private static final int OWNER = 0x4000_0001;

  @TempDir Path folder;
  private Bench bench;
  private Cryptoki module;
  private Session session;

  @BeforeEach
  void start() {
    bench = new Bench(folder.resolve("store"));
    module = bench.withToken();
    session = Bench.login(module);
  }

  @AfterEach
  void stop() {
    module.close();
    bench.close();
  }

  /** As after the process has ended. */
  private void restart() {
    module.close();
    module = bench.start();
    session = Bench.login(module);
  }

  private byte[] value(long object, AttributeType type) {
    return Bench.value(session, object, type);
  }

  private long find(int objectClass) {
    session.findInit(template(CKA_CLASS, objectClass, CKA_LABEL, "foreign"));
    long[] found = session.find(2);
    session.findFinal();
    assertEquals(1, found.length);
    return found[0];
  }

  /** The private key of the label signs what the public one verifies, as the JDK sees it. */
  private void assertSigns() throws Exception {
    boolean rsa = value(find(3), CKA_KEY_TYPE)[0] == 0;
    session.signing().init(MechanismCall.of(rsa ? 0x40 : 0x1044), find(3));
    byte[] signature = session.signing().sign(Data.of(DATA));
    Signature verifier =
        Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
    verifier.initVerify(
        KeyFactory.getInstance(rsa ? "RSA" : "EC")
            .generatePublic(new X509EncodedKeySpec(value(find(2), CKA_PUBLIC_KEY_INFO))));
    verifier.update(DATA);
    assertTrue(verifier.verify(signature));
  }

  private static KeyPair softwareKey(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
    return generator.generateKeyPair();
  }

  private long[] generate() {
    return session.generateKeyPair(
        MechanismCall.of(0x1040),
        template(CKA_TOKEN, true, CKA_EC_PARAMS, Curve.P_256.parameters()),
        template(CKA_TOKEN, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void aKeyMadeInSoftwareComesIn(String algorithm) throws Exception {
    KeyPair pair = softwareKey(algorithm);
    session.foreignKeys().importKey(pair.getPrivate().getEncoded(), KEPT, KEPT);
    restart();
    assertSigns();
    assertArrayEquals(pair.getPublic().getEncoded(), value(find(2), CKA_PUBLIC_KEY_INFO));
    assertArrayEquals(value(find(2), CKA_ID), value(find(3), CKA_ID));
    assertArrayEquals(new byte[] {0}, value(find(3), CKA_LOCAL));
  }

  @Test
  void whatIsNoKeyIsRefused() {
    assertEquals(
        ReturnValue.CKR_WRAPPED_KEY_INVALID,
        assertThrows(
                CryptokiException.class,
                () -> session.foreignKeys().importKey(new byte[] {0x30, 0}, KEPT, KEPT))
            .returnValue());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aKeyGoesIntoAFileAndComesBack(int withPassword) throws Exception {
    byte[] password = withPassword == 1 ? PASSWORD : NOBODY_ASKED;
    TpmKeyFile exported = session.foreignKeys().export(generate()[1], password);
    assertEquals(withPassword == 0, exported.emptyAuth());
    TpmKeyFile read = TpmKeyFile.decode(exported.encode());
    assertArrayEquals(exported.encode(), read.encode());
    assertEquals(TpmHandle.STORAGE_ROOT_KEY, read.parent());
    session.foreignKeys().link(read, password, KEPT, KEPT);
    restart();
    assertSigns();
    assertInstanceOf(
        CryptokiObject.Place.Token.class, session.foreignKeys().describe(find(3)).place());
  }

  @Test
  void aWrongPasswordIsFoundOut() {
    TpmKeyFile exported = session.foreignKeys().export(generate()[1], PASSWORD);
    assertEquals(
        ReturnValue.CKR_PIN_INCORRECT,
        assertThrows(
                CryptokiException.class,
                () -> session.foreignKeys().link(exported, NOBODY_ASKED, KEPT, KEPT))
            .returnValue());
  }

  @Test
  void aKeyUnderAHierarchy() throws Exception {
    TpmKeyFile file;
    Bench other = bench.withStore(folder.resolve("other"));
    try (Cryptoki hierarchy = Bench.withToken(other.start(OWNER, Passwords.NONE))) {
      Session there = Bench.login(hierarchy);
      long[] made =
          there.generateKeyPair(
              MechanismCall.of(0x1040),
              template(CKA_EC_PARAMS, Curve.P_256.parameters()),
              template());
      file = there.foreignKeys().export(made[1], PASSWORD);
    }
    assertEquals(TpmHandle.OWNER, file.parent());
    session.foreignKeys().link(TpmKeyFile.decode(file.encode()), PASSWORD, KEPT, KEPT);
    restart();
    assertSigns();
    assertInstanceOf(
        CryptokiObject.Place.Under.class, session.foreignKeys().describe(find(3)).place());
  }

  @Test
  void aKeyWrappedElsewhereForThisTpm() throws Exception {
    TpmtPublic storageKey = session.foreignKeys().storageKey().publicArea();
    KeyPair pair = softwareKey("RSA");
    try (PrivateKeyMaterial material = PrivateKeys.ofPkcs8(pair.getPrivate().getEncoded())) {
      TpmtPublic area =
          PublicAreas.of(
              material.publicKey(),
              ObjectAttributes.of(
                  ObjectAttributes.USER_WITH_AUTH,
                  ObjectAttributes.SIGN_ENCRYPT,
                  ObjectAttributes.DECRYPT));
      Wrapped wrapped =
          material.sensitive(
              PASSWORD,
              sensitive -> Wrapped.duplicate(storageKey, area, sensitive, new SecureRandom()));
      TpmKeyFile file =
          new TpmKeyFile(
              TpmKeyFile.Type.IMPORTABLE,
              false,
              Policy.NONE,
              wrapped.encryptedSeed(),
              false,
              TpmHandle.STORAGE_ROOT_KEY,
              area,
              wrapped.contents());
      session.foreignKeys().link(TpmKeyFile.decode(file.encode()), PASSWORD, KEPT, KEPT);
    }
    restart();
    assertSigns();
  }

  @Test
  void aKeyThatTheTpmKeeps() throws Exception {
    bench
        .tpm()
        .tool(
            "tpm2_createprimary",
            "-C",
            "o",
            "-G",
            "ecc",
            "-p",
            "a key's password",
            "-a",
            "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign",
            "-c",
            "key.ctx");
    bench.tpm().tool("tpm2_evictcontrol", "-C", "o", "-c", "key.ctx", "0x81000042");
    TpmHandle handle = new TpmHandle(0x8100_0042);
    assertThrows(
        CryptokiException.class,
        () -> session.foreignKeys().link(handle, NOBODY_ASKED, KEPT, KEPT));
    session.foreignKeys().link(handle, PASSWORD, KEPT, KEPT);
    restart();
    assertSigns();
    assertArrayEquals(new byte[] {0}, value(find(3), CKA_DERIVE));
    assertEquals(
        new CryptokiObject.Place.Kept(handle), session.foreignKeys().describe(find(3)).place());
    assertEquals(
        ReturnValue.CKR_KEY_UNEXTRACTABLE,
        assertThrows(
                CryptokiException.class, () -> session.foreignKeys().export(find(3), NOBODY_ASKED))
            .returnValue());
  }

  @Test
  void aStorageKeyIsNotTakenForAKey() {
    assertEquals(
        ReturnValue.CKR_ACTION_PROHIBITED,
        assertThrows(
                CryptokiException.class,
                () ->
                    session
                        .foreignKeys()
                        .link(TpmHandle.STORAGE_ROOT_KEY, NOBODY_ASKED, KEPT, KEPT))
            .returnValue());
  }

  @Test
  void aKeyBoundToPcrs() throws Exception {
    TpmlPcrSelection pcrs =
        new TpmlPcrSelection(List.of(new TpmsPcrSelection(TpmAlgId.SHA256, Set.of(7, 16))));
    session.generateKeyPair(
        MechanismCall.of(0x1040),
        template(CKA_TOKEN, true, CKA_LABEL, "foreign", CKA_EC_PARAMS, Curve.P_256.parameters()),
        KEPT,
        pcrs);
    restart();
    assertSigns();
    assertSigns();
    assertEquals(
        "sha256:7,16",
        session.foreignKeys().describe(find(3)).policy().pcrs().orElseThrow().toString());
    bench.tpm().tool("tpm2_pcrextend", "16:sha256=" + "5a".repeat(32));
    CryptokiException refused = assertThrows(CryptokiException.class, this::assertSigns);
    assertEquals(ReturnValue.CKR_ACTION_PROHIBITED, refused.returnValue());
    assertTrue(String.valueOf(refused.getMessage()).contains("sha256:7,16"));
    bench.tpm().tool("tpm2_pcrreset", "16");
    assertSigns();
    assertThrows(
        CryptokiException.class, () -> session.foreignKeys().export(find(3), NOBODY_ASKED));
  }

  @Test
  void aFileOfNonsense() {
    byte[] good = session.foreignKeys().export(generate()[1], NOBODY_ASKED).encode();
    for (int i = 0; i < good.length; i++) {
      byte[] cut = java.util.Arrays.copyOf(good, i);
      assertThrows(IllegalArgumentException.class, () -> TpmKeyFile.decode(cut));
    }
  }
}
