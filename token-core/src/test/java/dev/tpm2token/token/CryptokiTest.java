package dev.tpm2token.token;

import static dev.tpm2token.token.Bench.PIN;
import static dev.tpm2token.token.Bench.SO_PIN;
import static dev.tpm2token.token.Bench.assertFails;
import static dev.tpm2token.token.Bench.template;
import static dev.tpm2token.token.Bench.value;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_PARAMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MODULUS_BITS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIVATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIVATE_EXPONENT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.tpm.LeasePolicy;
import dev.tpm2token.tpm.transport.Tcti;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module without its C, on a real TPM (swtpm): what a client's calls come to. */
@Tag("swtpm")
class CryptokiTest {
  private static final Template ALL = new Template(List.of());
  private static final byte[] DATA = "what is signed".getBytes(StandardCharsets.UTF_8);
  private static final long CKM_RSA_GEN = 0;
  private static final long CKM_RSA_PKCS = 1;
  private static final long CKM_EC_GEN = 0x1040;
  private static final long CKM_ECDSA = 0x1041;

  @TempDir Path store;
  private Bench bench;

  @BeforeEach
  void start() {
    bench = new Bench(store.resolve("store"));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static MechanismCall mechanism(long type) {
    return MechanismCall.of(type);
  }

  private static long[] rsa(Session session) {
    return session.generateKeyPair(
        mechanism(CKM_RSA_GEN),
        template(CKA_TOKEN, true, CKA_MODULUS_BITS, 2048, CKA_LABEL, "r"),
        template(CKA_TOKEN, true, CKA_LABEL, "r"));
  }

  private static long[] ec(Session session, Curve curve) {
    return session.generateKeyPair(
        mechanism(CKM_EC_GEN),
        template(CKA_TOKEN, true, CKA_EC_PARAMS, curve.parameters(), CKA_LABEL, "e"),
        template(CKA_TOKEN, true, CKA_LABEL, "e"));
  }

  private static byte[] sign(Session session, long mechanism, long key, byte[] data) {
    session.signing().init(mechanism(mechanism), key);
    return session.signing().sign(Data.of(data));
  }

  private static boolean verifies(Session session, long key, String algorithm, byte[] signature)
      throws Exception {
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(
        KeyFactory.getInstance(algorithm.endsWith("RSA") ? "RSA" : "EC")
            .generatePublic(new X509EncodedKeySpec(value(session, key, CKA_PUBLIC_KEY_INFO))));
    verifier.update(DATA);
    return verifier.verify(signature);
  }

  @Test
  void anEmptyStoreHasOneSlotForANewToken() {
    try (Cryptoki module = bench.start()) {
      assertEquals(List.of(1L), module.slots());
      assertEquals(0, module.tokenInfo(1).flags() & TokenInfo.CKF_TOKEN_INITIALIZED);
      assertFails(ReturnValue.CKR_TOKEN_NOT_RECOGNIZED, () -> module.openSession(1, true));
      assertFails(ReturnValue.CKR_SLOT_ID_INVALID, () -> module.tokenInfo(7));
    }
  }

  @Test
  void aTokenStaysInItsSlotAndAnotherSlotWaits() {
    try (Cryptoki module = bench.withToken()) {
      assertEquals(List.of(1L, 2L), module.slots());
      TokenInfo info = module.tokenInfo(1);
      assertEquals("lab", info.label());
      assertEquals("IBM", info.manufacturer());
      long flags =
          TokenInfo.CKF_TOKEN_INITIALIZED
              | TokenInfo.CKF_USER_PIN_INITIALIZED
              | TokenInfo.CKF_LOGIN_REQUIRED
              | TokenInfo.CKF_RESTORE_KEY_NOT_NEEDED
              | TokenInfo.CKF_RNG;
      assertEquals(flags, info.flags());
    }
  }

  @Test
  void signaturesVerifyElsewhere() throws Exception {
    try (Cryptoki module = bench.withToken()) {
      Session session = Bench.login(module);
      long[] rsa = rsa(session);
      for (Map.Entry<Long, String> each :
          Map.of(0x06L, "SHA1", 0x40L, "SHA256", 0x41L, "SHA384", 0x42L, "SHA512").entrySet()) {
        byte[] signature = sign(session, each.getKey(), rsa[1], DATA);
        assertTrue(verifies(session, rsa[0], each.getValue() + "withRSA", signature));
      }
      for (Curve curve : List.of(Curve.P_256, Curve.P_384)) {
        long[] ec = ec(session, curve);
        for (Map.Entry<Long, String> each :
            Map.of(0x1042L, "SHA1", 0x1044L, "SHA256", 0x1045L, "SHA384", 0x1046L, "SHA512")
                .entrySet()) {
          byte[] signature = sign(session, each.getKey(), ec[1], DATA);
          assertEquals(2 * curve.bytes(), signature.length);
          assertTrue(
              verifies(session, ec[0], each.getValue() + "withECDSAinP1363Format", signature),
              curve + " " + each.getValue());
          session.verification().init(mechanism(each.getKey()), ec[0]);
          session.verification().verify(Data.of(DATA), signature);
          signature[5] ^= 1;
          session.verification().init(mechanism(each.getKey()), ec[0]);
          assertFails(
              ReturnValue.CKR_SIGNATURE_INVALID,
              () -> session.verification().verify(Data.of(DATA), signature));
        }
      }
    }
  }

  @Test
  void whatTheTpmCannotPadIsPaddedHere() {
    try (Cryptoki module = bench.withToken()) {
      Session session = Bench.login(module);
      long[] rsa = rsa(session);
      byte[] noDigestInfo = "anything at all".getBytes(StandardCharsets.UTF_8);
      byte[] signature = sign(session, CKM_RSA_PKCS, rsa[1], noDigestInfo);
      session.verification().init(mechanism(CKM_RSA_PKCS), rsa[0]);
      session.verification().verify(Data.of(noDigestInfo), signature);
      session.signing().init(mechanism(CKM_RSA_PKCS), rsa[1]);
      assertFails(
          ReturnValue.CKR_DATA_LEN_RANGE, () -> session.signing().sign(Data.of(new byte[246])));
      assertFails(ReturnValue.CKR_OPERATION_NOT_INITIALIZED, session.signing()::finish);
    }
  }

  @Test
  void ecdsaTakesDigestsOfAnyLength() {
    try (Cryptoki module = bench.withToken()) {
      Session session = Bench.login(module);
      for (Curve curve : List.of(Curve.P_256, Curve.P_384)) {
        long[] ec = ec(session, curve);
        for (int length : new int[] {1, 20, 28, 32, 33, 48, 64}) {
          byte[] digest = new byte[length];
          Arrays.fill(digest, (byte) 0xa5);
          byte[] signature = sign(session, CKM_ECDSA, ec[1], digest);
          session.verification().init(mechanism(CKM_ECDSA), ec[0]);
          session.verification().verify(Data.of(digest), signature);
        }
      }
    }
  }

  @Test
  void keysOutliveTheProcessAndPrivateOnesWaitForTheUser() {
    try (Cryptoki module = bench.withToken()) {
      rsa(Bench.login(module));
    }
    try (Cryptoki module = bench.start()) {
      long handle = module.openSession(1, false);
      Session session = module.session(handle);
      session.findInit(ALL);
      assertEquals(1, session.find(10).length);
      session.findFinal();
      assertFails(
          ReturnValue.CKR_PIN_INCORRECT,
          () -> module.login(handle, UserType.CKU_USER, "wrong".getBytes(StandardCharsets.UTF_8)));
      assertNotEquals(0, module.tokenInfo(1).flags() & TokenInfo.CKF_USER_PIN_COUNT_LOW);
      module.login(handle, UserType.CKU_USER, PIN);
      assertEquals(0, module.tokenInfo(1).flags() & TokenInfo.CKF_USER_PIN_COUNT_LOW);
      session.findInit(template(CKA_CLASS, 3));
      long key = session.find(10)[0];
      session.findFinal();
      assertEquals(256, sign(session, 0x40, key, DATA).length);
      assertInstanceOf(
          AttributeResult.Sensitive.class,
          session.attributes(key, new long[] {CKA_PRIVATE_EXPONENT.code()}).getFirst());
      session.logout();
      assertFails(
          ReturnValue.CKR_KEY_HANDLE_INVALID, () -> session.signing().init(mechanism(0x40), key));
    }
  }

  /** By a way on which no TPM was ever asked anything, and none answers. */
  @Test
  void publicObjectsAreSeenWithoutTheTpm() {
    try (Cryptoki module = bench.withToken()) {
      rsa(Bench.login(module));
    }
    Tcti nowhere = Tcti.parse("swtpm:path=" + store.resolve("nobody"));
    try (Cryptoki module =
        new Cryptoki(
            new Settings(bench.store(), nowhere, 0x8100_0001, LeasePolicy.DEFAULT, Log.NONE))) {
      Session session = module.session(module.openSession(1, false));
      session.findInit(ALL);
      long[] found = session.find(10);
      assertEquals(1, found.length);
      assertArrayEquals(new byte[] {'r'}, value(session, found[0], CKA_LABEL));
    }
  }

  @Test
  void aLogoutEndsTheSignatureUnderWay() {
    try (Cryptoki module = bench.withToken()) {
      Session session = Bench.login(module);
      long[] ec = ec(session, Curve.P_256);
      session.signing().init(mechanism(CKM_ECDSA), ec[1]);
      session.logout();
      RuntimeException failure =
          assertThrows(RuntimeException.class, () -> session.signing().sign(Data.of(new byte[32])));
      assertEquals(ReturnValue.CKR_USER_NOT_LOGGED_IN, ReturnValues.of(failure));
    }
  }

  @Test
  void pinsChange() {
    byte[] other = "another-pin".getBytes(StandardCharsets.UTF_8);
    try (Cryptoki module = bench.withToken()) {
      Session session = Bench.login(module);
      long key = ec(session, Curve.P_256)[1];
      session.setPin(PIN, other);
      session.logout();
      assertFails(
          ReturnValue.CKR_PIN_INCORRECT,
          () -> module.login(session.handle(), UserType.CKU_USER, PIN));
      module.login(session.handle(), UserType.CKU_USER, other);
      assertFails(
          ReturnValue.CKR_KEY_HANDLE_INVALID,
          () -> session.signing().init(mechanism(CKM_ECDSA), key)); // handles end with the login
      session.logout();
      module.login(session.handle(), UserType.CKU_SO, SO_PIN);
      session.initPin(PIN);
      session.logout();
      module.login(session.handle(), UserType.CKU_USER, PIN);
    }
  }

  @Test
  void aTokenWithoutAPinNeedsNoLogin() {
    try (Cryptoki module = bench.start()) {
      module.initToken(1, SO_PIN, "open".getBytes(StandardCharsets.US_ASCII));
      long handle = module.openSession(1, true);
      Session session = module.session(handle);
      module.login(handle, UserType.CKU_SO, SO_PIN);
      session.initPin(new byte[0]);
      session.logout();
      assertEquals(0, module.tokenInfo(1).flags() & TokenInfo.CKF_LOGIN_REQUIRED);
      long key = ec(session, Curve.P_256)[1];
      assertEquals(64, sign(session, CKM_ECDSA, key, new byte[32]).length);
    }
  }

  @Test
  void initialisingAgainWantsTheSoPinAndDestroysEverything() {
    try (Cryptoki module = bench.withToken()) {
      ec(Bench.login(module), Curve.P_256);
      assertFails(
          ReturnValue.CKR_SESSION_EXISTS, () -> module.initToken(1, SO_PIN, new byte[] {'x'}));
      module.closeAllSessions(1);
      assertFails(ReturnValue.CKR_PIN_INCORRECT, () -> module.initToken(1, PIN, new byte[] {'x'}));
      module.initToken(1, SO_PIN, new byte[] {'x'});
      assertEquals("x", module.tokenInfo(1).label());
      Session session = module.session(module.openSession(1, true));
      session.findInit(ALL);
      assertEquals(0, session.find(10).length);
      assertFails(
          ReturnValue.CKR_USER_PIN_NOT_INITIALIZED,
          () -> module.login(session.handle(), UserType.CKU_USER, PIN));
    }
  }

  @Test
  void privateDataIsNotInTheFilesInTheClear() throws Exception {
    String secret = "nobody reads this in a file";
    try (Cryptoki module = bench.withToken()) {
      Session session = Bench.login(module);
      long object =
          session.createObject(
              template(
                  CKA_CLASS,
                  0,
                  CKA_TOKEN,
                  true,
                  CKA_PRIVATE,
                  true,
                  CKA_VALUE,
                  secret,
                  CKA_LABEL,
                  secret));
      session.setAttributes(object, template(CKA_LABEL, "relabelled"));
      assertArrayEquals(secret.getBytes(StandardCharsets.UTF_8), value(session, object, CKA_VALUE));
      try (Stream<Path> files = Files.walk(store)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String text = Files.readString(file);
          assertTrue(!text.contains(secret) && !text.contains("relabelled"), file.toString());
          assertTrue(
              !text.contains("hex:" + hex(secret.getBytes(StandardCharsets.UTF_8))),
              file.toString());
        }
      }
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void otherProcessesChangesAreSeen() {
    try (Cryptoki one = bench.withToken();
        Cryptoki two = bench.start()) {
      Session here = Bench.login(one);
      Session there = two.session(two.openSession(1, false));
      for (int i = 0; i < 20; i++) {
        long object =
            here.createObject(template(CKA_CLASS, 0, CKA_TOKEN, true, CKA_LABEL, "n" + i));
        there.findInit(template(CKA_LABEL, "n" + i));
        assertEquals(1, there.find(9).length);
        there.findFinal();
        here.destroyObject(object);
        there.findInit(template(CKA_LABEL, "n" + i));
        assertEquals(0, there.find(9).length);
        there.findFinal();
      }
    }
  }

  @Test
  void aStoreThatComesBackFindsItsSessionsLoggedIn() throws Exception {
    Path away = store.resolve("away");
    try (Cryptoki module = bench.withToken()) {
      Session before = Bench.login(module);
      long key = ec(before, Curve.P_256)[1];
      Files.move(bench.store(), away);
      assertFails(ReturnValue.CKR_TOKEN_NOT_RECOGNIZED, () -> module.openSession(1, false));
      assertEquals("", module.tokenInfo(1).label());
      before.findInit(template(CKA_TOKEN, true));
      assertEquals(0, before.find(9).length);
      before.findFinal();
      Files.move(away, bench.store());
      Session after = module.session(module.openSession(1, false));
      assertEquals(LoginState.USER, before.token().login());
      assertEquals(LoginState.USER, after.token().login());
      assertEquals(64, sign(after, CKM_ECDSA, key, new byte[32]).length);
    }
  }

  @Test
  void sessionObjectsGoWithTheirSession() {
    try (Cryptoki module = bench.withToken()) {
      Session session = Bench.login(module);
      Session other = module.session(module.openSession(1, false));
      long data = other.createObject(template(CKA_CLASS, 0, CKA_LABEL, "brief"));
      assertArrayEquals("brief".getBytes(StandardCharsets.UTF_8), value(session, data, CKA_LABEL));
      module.closeSession(other.handle());
      assertFails(
          ReturnValue.CKR_OBJECT_HANDLE_INVALID,
          () -> session.attributes(data, new long[] {CKA_LABEL.code()}));
    }
  }

  @Test
  void bothHalvesOfAKeyPairHaveTheSameId() {
    try (Cryptoki module = bench.withToken()) {
      Session session = Bench.login(module);
      long[] pair = ec(session, Curve.P_256);
      byte[] id = value(session, pair[0], CKA_ID);
      assertEquals(20, id.length);
      assertArrayEquals(id, value(session, pair[1], CKA_ID));
    }
  }

  @Test
  void randomNumbersDiffer() {
    try (Cryptoki module = bench.withToken()) {
      Session session = module.session(module.openSession(1, false));
      session.seedRandom(new byte[300]);
      assertEquals(1000, session.generateRandom(1000).length);
      assertNotEquals(hex(session.generateRandom(16)), hex(session.generateRandom(16)));
      assertEquals(1_000_000, session.generateRandom(1_000_000).length);
    }
  }

  private static void makeKey(Session session) {
    session.generateKeyPair(
        MechanismCall.of(0x1040),
        template(CKA_TOKEN, true, CKA_EC_PARAMS, Curve.P_256.parameters()),
        template(CKA_TOKEN, true));
  }

  /** What is made after that would be nobody's: it must not look as if it had been made. */
  @Test
  void anotherProcessInitialisesTheTokenAnew() {
    try (Cryptoki module = bench.withToken();
        Cryptoki other = bench.start()) {
      Session session = Bench.login(module);
      makeKey(session);
      Bench.withToken(other);
      assertFails(ReturnValue.CKR_DEVICE_REMOVED, () -> makeKey(session));
      assertEquals(SessionInfo.State.CKS_RW_PUBLIC_SESSION, session.info().state());
      assertFails(ReturnValue.CKR_USER_NOT_LOGGED_IN, () -> makeKey(session));
      module.login(session.handle(), UserType.CKU_USER, Bench.PIN);
      makeKey(session);
      session.findInit(template(CKA_CLASS, 3));
      assertEquals(1, session.find(9).length);
    }
  }

  @Test
  void aTokenThatAnotherProcessRemovedStaysAway() {
    try (Cryptoki module = bench.withToken();
        Cryptoki other = bench.start()) {
      Session session = Bench.login(module);
      other.removeToken(other.slots().getFirst());
      assertFails(ReturnValue.CKR_DEVICE_REMOVED, () -> makeKey(session));
      assertFails(
          ReturnValue.CKR_DEVICE_REMOVED,
          () -> session.setPin(Bench.PIN, "new-pin".getBytes(StandardCharsets.US_ASCII)));
      assertEquals(1, other.slots().size(), "the slot for a new token");
      module.closeSession(session.handle());
    }
  }

  /** Whoever logs in while the last session closes is not logged in without one. */
  @Test
  void aLoginEndsWithTheLastSessionWhateverTheMoment() throws Exception {
    try (Cryptoki module = bench.withToken()) {
      for (int i = 0; i < 50; i++) {
        long closing = module.openSession(1, true);
        Thread closer = new Thread(() -> module.closeSession(closing));
        closer.start();
        try {
          module.login(closing, UserType.CKU_USER, Bench.PIN);
        } catch (CryptokiException e) {
          assertEquals(ReturnValue.CKR_SESSION_HANDLE_INVALID, e.returnValue());
        }
        closer.join();
        Session next = module.session(module.openSession(1, true));
        assertEquals(SessionInfo.State.CKS_RW_PUBLIC_SESSION, next.info().state());
        module.closeSession(next.handle());
      }
    }
  }
}
