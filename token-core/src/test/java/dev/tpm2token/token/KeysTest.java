package dev.tpm2token.token;

import static dev.tpm2token.token.Bench.PIN;
import static dev.tpm2token.token.Bench.assertFails;
import static dev.tpm2token.token.Bench.template;
import static dev.tpm2token.token.attribute.AttributeType.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.mechanism.Parameter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that come in, are copied, want a PIN each time; states that are saved; slot events. */
@Tag("swtpm")
class KeysTest {
  private static final long CKM_SHA256_RSA_PKCS = 0x40;
  private static final long CKM_ECDSA_SHA256 = 0x1044;
  private static final byte[] DATA = "what is signed".getBytes(StandardCharsets.UTF_8);

  @TempDir Path store;
  private Bench bench;
  private Cryptoki module;
  private Session session;

  @BeforeEach
  void start() {
    bench = new Bench(store.resolve("store"));
    module = bench.withToken();
    session = Bench.login(module);
  }

  @AfterEach
  void stop() {
    module.close();
    bench.close();
  }

  private boolean isTrue(long object, AttributeType type) {
    return value(object, type)[0] != 0;
  }

  private byte[] value(long object, AttributeType type) {
    return Bench.value(session, object, type);
  }

  private byte[] sign(long mechanism, long key) {
    session.signing().init(MechanismCall.of(mechanism), key);
    return session.signing().sign(Data.of(DATA));
  }

  private static boolean verifies(String algorithm, PublicKey key, byte[] signature)
      throws Exception {
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(key);
    verifier.update(DATA);
    return verifier.verify(signature);
  }

  private static KeyPair rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static Template rsaTemplate(RSAPrivateCrtKey key, boolean withPrimes) {
    List<Object> pairs =
        new ArrayList<>(
            List.of(
                CKA_CLASS,
                3,
                CKA_KEY_TYPE,
                0,
                CKA_TOKEN,
                true,
                CKA_MODULUS,
                key.getModulus().toByteArray(),
                CKA_PUBLIC_EXPONENT,
                key.getPublicExponent().toByteArray(),
                CKA_PRIVATE_EXPONENT,
                key.getPrivateExponent().toByteArray()));
    if (withPrimes) {
      pairs.addAll(
          List.of(
              CKA_PRIME_1, key.getPrimeP().toByteArray(),
              CKA_PRIME_2, key.getPrimeQ().toByteArray(),
              CKA_EXPONENT_1, key.getPrimeExponentP().toByteArray(),
              CKA_EXPONENT_2, key.getPrimeExponentQ().toByteArray(),
              CKA_COEFFICIENT, key.getCrtCoefficient().toByteArray()));
    }
    return template(pairs.toArray());
  }

  @Test
  void rsaKeysComeInWithAndWithoutTheirPrimes() throws Exception {
    KeyPair pair = rsa();
    RSAPrivateCrtKey key = (RSAPrivateCrtKey) pair.getPrivate();
    for (boolean withPrimes : new boolean[] {true, false}) {
      long object = session.createObject(rsaTemplate(key, withPrimes));
      assertTrue(verifies("SHA256withRSA", pair.getPublic(), sign(CKM_SHA256_RSA_PKCS, object)));
      for (AttributeType no : List.of(CKA_LOCAL, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE)) {
        assertFalse(isTrue(object, no), no.name());
      }
      assertInstanceOf(
          AttributeResult.Sensitive.class,
          session.attributes(object, new long[] {CKA_PRIME_1.code()}).getFirst());
    }
    try (Stream<Path> files = Files.walk(store)) {
      String secret = HexFormat.of().formatHex(key.getPrimeP().toByteArray());
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(Files.readString(file).contains(secret.substring(2)));
      }
    }
  }

  @Test
  void partsThatMakeNoKeyAreRefused() throws Exception {
    RSAPrivateCrtKey key = (RSAPrivateCrtKey) rsa().getPrivate();
    byte[] wrong = key.getPrivateExponent().toByteArray();
    wrong[wrong.length - 1] ^= 2;
    for (boolean withPrime : new boolean[] {true, false}) {
      List<Object> pairs =
          new ArrayList<>(
              List.of(
                  CKA_CLASS,
                  3,
                  CKA_KEY_TYPE,
                  0,
                  CKA_MODULUS,
                  key.getModulus().toByteArray(),
                  CKA_PUBLIC_EXPONENT,
                  key.getPublicExponent().toByteArray(),
                  CKA_PRIVATE_EXPONENT,
                  wrong));
      if (withPrime) {
        pairs.addAll(List.of(CKA_PRIME_1, key.getPrimeP().toByteArray()));
      }
      assertFails(
          ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID,
          () -> session.createObject(template(pairs.toArray())));
    }
  }

  @Test
  void keysOnCurvesComeIn() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    KeyPair pair = generator.generateKeyPair();
    byte[] d = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray();
    long object =
        session.createObject(
            template(
                CKA_CLASS,
                3,
                CKA_KEY_TYPE,
                3,
                CKA_EC_PARAMS,
                Curve.P_384.parameters(),
                CKA_VALUE,
                d));
    assertTrue(
        verifies("SHA256withECDSAinP1363Format", pair.getPublic(), sign(CKM_ECDSA_SHA256, object)));
  }

  @Test
  void privateKeysAreUnwrapped() throws Exception {
    KeyPair pair = rsa();
    byte[] kek = new byte[32];
    long wrapping =
        session.createObject(
            template(
                CKA_CLASS,
                4,
                CKA_KEY_TYPE,
                0x1F,
                CKA_VALUE,
                kek,
                CKA_UNWRAP,
                true,
                CKA_WRAP,
                true));
    var cipher = javax.crypto.Cipher.getInstance("AES/KWP/NoPadding");
    cipher.init(javax.crypto.Cipher.WRAP_MODE, new javax.crypto.spec.SecretKeySpec(kek, "AES"));
    byte[] wrapped = cipher.wrap(pair.getPrivate());
    long object =
        session
            .wrapping()
            .unwrap(
                MechanismCall.of(0x210B),
                wrapping,
                wrapped,
                template(CKA_CLASS, 3, CKA_KEY_TYPE, 0, CKA_TOKEN, true));
    assertTrue(verifies("SHA256withRSA", pair.getPublic(), sign(CKM_SHA256_RSA_PKCS, object)));
    assertFails(
        ReturnValue.CKR_KEY_UNEXTRACTABLE,
        () -> session.wrapping().wrap(MechanismCall.of(0x210B), wrapping, wrapping));
  }

  @Test
  void sessionKeysAreCopiedIntoTheStore() {
    long[] pair =
        session.generateKeyPair(
            MechanismCall.of(0x1040),
            template(CKA_EC_PARAMS, Curve.P_256.parameters()),
            template());
    long copy = session.copyObject(pair[1], template(CKA_TOKEN, true, CKA_ID, "alias"));
    assertArrayEquals("alias".getBytes(StandardCharsets.US_ASCII), value(copy, CKA_ID));
    session.destroyObject(pair[1]);
    assertEquals(64, sign(CKM_ECDSA_SHA256, copy).length);
    long again = session.copyObject(copy, template());
    assertTrue(isTrue(again, CKA_TOKEN));
    assertFails(
        ReturnValue.CKR_TEMPLATE_INCONSISTENT,
        () -> session.copyObject(copy, template(CKA_PRIVATE, false)));
    long fixed = session.copyObject(copy, template(CKA_COPYABLE, false));
    assertFails(ReturnValue.CKR_ACTION_PROHIBITED, () -> session.copyObject(fixed, template()));
  }

  @Test
  void secretKeysAreInTheStoreEncrypted() throws Exception {
    byte[] key = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    Template described =
        template(
            CKA_CLASS,
            4,
            CKA_KEY_TYPE,
            0x1F,
            CKA_VALUE,
            key,
            CKA_TOKEN,
            true,
            CKA_EXTRACTABLE,
            true,
            CKA_ENCRYPT,
            true,
            CKA_LABEL,
            "kept");
    session.createObject(described);
    assertFails(
        ReturnValue.CKR_TEMPLATE_INCONSISTENT,
        () ->
            session.createObject(
                template(
                    CKA_CLASS,
                    4,
                    CKA_KEY_TYPE,
                    0x1F,
                    CKA_VALUE,
                    key,
                    CKA_TOKEN,
                    true,
                    CKA_EXTRACTABLE,
                    true,
                    CKA_PRIVATE,
                    false)));
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(Files.readString(file).contains("kept"), file.toString());
      }
    }
    try (Cryptoki other = bench.start()) {
      Session there = Bench.login(other);
      there.findInit(template(CKA_LABEL, "kept"));
      long found = there.find(9)[0];
      there.findFinal();
      there.encryption().init(MechanismCall.of(0x1081), found);
      assertEquals(16, there.encryption().finish(new byte[16], 16).length);
      there.findInit(template(CKA_VALUE, key));
      assertEquals(0, there.find(9).length); // nobody guesses a secret by searching for it
      there.logout();
      assertFails(
          ReturnValue.CKR_KEY_HANDLE_INVALID,
          () -> there.encryption().init(MechanismCall.of(0x1081), found));
    }
  }

  @Test
  void alwaysAuthenticateWantsThePinForEachUse() {
    long[] pair =
        session.generateKeyPair(
            MechanismCall.of(0x1040),
            template(CKA_EC_PARAMS, Curve.P_256.parameters()),
            template(CKA_ALWAYS_AUTHENTICATE, true));
    MechanismCall ecdsa = MechanismCall.of(CKM_ECDSA_SHA256);
    assertFails(
        ReturnValue.CKR_OPERATION_NOT_INITIALIZED,
        () -> module.login(session.handle(), UserType.CKU_CONTEXT_SPECIFIC, PIN));
    session.signing().init(ecdsa, pair[1]);
    assertFails(ReturnValue.CKR_USER_NOT_LOGGED_IN, () -> session.signing().sign(Data.of(DATA)));
    session.signing().init(ecdsa, pair[1]);
    assertFails(
        ReturnValue.CKR_PIN_INCORRECT,
        () -> module.login(session.handle(), UserType.CKU_CONTEXT_SPECIFIC, new byte[8]));
    module.login(session.handle(), UserType.CKU_CONTEXT_SPECIFIC, PIN);
    assertEquals(64, session.signing().sign(Data.of(DATA)).length);
    session.signing().init(ecdsa, pair[1]);
    assertFails(ReturnValue.CKR_USER_NOT_LOGGED_IN, session.signing()::finish);
    assertFails(
        ReturnValue.CKR_ATTRIBUTE_READ_ONLY,
        () -> session.setAttributes(pair[1], template(CKA_ALWAYS_AUTHENTICATE, false)));
  }

  /** It begins and uses the key in one. */
  @Test
  void nothingIsDerivedFromAKeyThatWantsAPinEachTime() {
    long[] pair =
        session.generateKeyPair(
            MechanismCall.of(0x1040),
            template(CKA_EC_PARAMS, Curve.P_256.parameters()),
            template(CKA_ALWAYS_AUTHENTICATE, true, CKA_DERIVE, true));
    byte[] point = value(pair[0], CKA_EC_POINT);
    MechanismCall ecdh = new MechanismCall(0x1050, new Parameter.Ecdh1(1, new byte[0], point));
    assertFails(
        ReturnValue.CKR_USER_NOT_LOGGED_IN,
        () -> session.deriveKey(ecdh, pair[1], template(CKA_CLASS, 4, CKA_KEY_TYPE, 0x10)));
  }

  @Test
  void digestsGoOnWhereTheyWereSaved() throws Exception {
    session.digesting().init(MechanismCall.of(0x250));
    session.digesting().update(Data.of(Arrays.copyOf(DATA, 5)));
    byte[] state = session.operationState();
    Session other = module.session(module.openSession(1, false));
    other.setOperationState(state, 0, 0);
    other.digesting().update(Data.of(Arrays.copyOfRange(DATA, 5, DATA.length)));
    assertArrayEquals(
        MessageDigest.getInstance("SHA-256").digest(DATA), other.digesting().finish());
    byte[] damaged = Arrays.copyOf(state, 20);
    assertFails(ReturnValue.CKR_SAVED_STATE_INVALID, () -> other.setOperationState(damaged, 0, 0));
    assertFails(
        ReturnValue.CKR_SAVED_STATE_INVALID, () -> other.setOperationState(new byte[0], 0, 0));
    assertFails(ReturnValue.CKR_OPERATION_NOT_INITIALIZED, other::operationState);
    other.digesting().init(MechanismCall.of(0x2B0));
    assertFails(ReturnValue.CKR_STATE_UNSAVEABLE, other::operationState);
  }

  @Test
  void secretKeysAreDigested() throws Exception {
    long key =
        session.createObject(
            template(CKA_CLASS, 4, CKA_KEY_TYPE, 0x10, CKA_VALUE, DATA, CKA_DERIVE, true));
    session.digesting().init(MechanismCall.of(0x250));
    session.digesting().key(key);
    assertFails(ReturnValue.CKR_STATE_UNSAVEABLE, session::operationState);
    assertArrayEquals(
        MessageDigest.getInstance("SHA-256").digest(DATA), session.digesting().finish());
  }

  @Test
  void twoOperationsAtOnce() throws Exception {
    long aes =
        session.createObject(
            template(
                CKA_CLASS,
                4,
                CKA_KEY_TYPE,
                0x1F,
                CKA_VALUE,
                new byte[16],
                CKA_ENCRYPT,
                true,
                CKA_DECRYPT,
                true,
                CKA_SIGN,
                true,
                CKA_VERIFY,
                true));
    MechanismCall ctr = new MechanismCall(0x1086, new Parameter.Counter(128, new byte[16]));
    MechanismCall cmac = MechanismCall.of(0x108A);
    byte[] text = new byte[64];
    assertFails(ReturnValue.CKR_OPERATION_NOT_INITIALIZED, () -> session.digestEncryptUpdate(text));
    session.digesting().init(MechanismCall.of(0x250));
    session.encryption().init(ctr, aes);
    byte[] encrypted = session.digestEncryptUpdate(text);
    session.encryption().finish(new byte[0], 16);
    byte[] digest = session.digesting().finish();
    assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(text), digest);
    session.digesting().init(MechanismCall.of(0x250));
    session.decryption().init(ctr, aes);
    assertArrayEquals(text, session.decryptDigestUpdate(encrypted));
    session.decryption().finish(new byte[0], 16);
    assertArrayEquals(digest, session.digesting().finish());
    session.signing().init(cmac, aes);
    session.encryption().init(ctr, aes);
    assertArrayEquals(encrypted, session.signEncryptUpdate(text));
    session.encryption().finish(new byte[0], 16);
    byte[] mac = session.signing().finish();
    session.verification().init(cmac, aes);
    session.decryption().init(ctr, aes);
    assertArrayEquals(text, session.decryptVerifyUpdate(encrypted));
    session.verification().finish(mac);
    session.cancel(0x200);
    assertFails(
        ReturnValue.CKR_OPERATION_NOT_INITIALIZED, () -> session.decryption().updateLength(1));
  }

  @Test
  void aResultThatDoesNotFitIsKept() {
    long aes =
        session.createObject(
            template(
                CKA_CLASS,
                4,
                CKA_KEY_TYPE,
                0x1F,
                CKA_VALUE,
                new byte[16],
                CKA_ENCRYPT,
                true,
                CKA_DECRYPT,
                true));
    MechanismCall cbc = new MechanismCall(0x1085, new Parameter.Bytes(new byte[16]));
    session.encryption().init(cbc, aes);
    assertEquals(
        32,
        assertThrows(
                BufferTooSmallException.class, () -> session.encryption().finish(new byte[20], 31))
            .length());
    byte[] encrypted = session.encryption().finish(new byte[20], 32);
    session.decryption().init(cbc, aes);
    assertEquals(
        20,
        assertThrows(
                BufferTooSmallException.class, () -> session.decryption().finish(encrypted, 19))
            .length());
    assertEquals(20, session.decryption().finish(encrypted, 20).length);
    encrypted[31] ^= 1;
    session.decryption().init(cbc, aes);
    assertFails(
        ReturnValue.CKR_ENCRYPTED_DATA_INVALID, () -> session.decryption().finish(encrypted, 99));
    session.decryption().init(cbc, aes);
    assertFails(
        ReturnValue.CKR_ENCRYPTED_DATA_LEN_RANGE,
        () -> session.decryption().finish(new byte[17], 99));
  }

  @Test
  void wrongPaddingsAreAllOneError() {
    long[] rsa =
        session.generateKeyPair(
            MechanismCall.of(0),
            template(CKA_MODULUS_BITS, 2048, CKA_ENCRYPT, true),
            template(CKA_DECRYPT, true));
    for (MechanismCall call :
        List.of(
            MechanismCall.of(1), new MechanismCall(9, new Parameter.Oaep(0x250, 2, new byte[0])))) {
      for (int i = 0; i < 6; i++) {
        byte[] block = new byte[256];
        block[1] = (byte) i;
        Arrays.fill(block, 2, 2 + 40 * i, (byte) 7);
        session.encryption().init(MechanismCall.of(3), rsa[0]);
        byte[] encrypted = session.encryption().finish(block, 256);
        session.decryption().init(call, rsa[1]);
        if (i == 2 && call.type() == 1) {
          assertEquals(256 - 83, session.decryption().finish(encrypted, 256).length);
        } else {
          assertFails(
              ReturnValue.CKR_ENCRYPTED_DATA_INVALID,
              () -> session.decryption().finish(encrypted, 256));
        }
      }
    }
  }

  @Test
  void signaturesMayComeFirst() {
    long[] pair =
        session.generateKeyPair(
            MechanismCall.of(0x1040),
            template(CKA_EC_PARAMS, Curve.P_256.parameters()),
            template());
    byte[] signature = sign(CKM_ECDSA_SHA256, pair[1]);
    session.verification().init(MechanismCall.of(CKM_ECDSA_SHA256), pair[0], signature);
    session.verification().updateAwaited(Data.of(DATA));
    session.verification().finishAwaited();
    assertFails(ReturnValue.CKR_OPERATION_NOT_INITIALIZED, session.verification()::finishAwaited);
  }

  @Test
  void mechanismsAndProfilesAreObjectsForWhoAsks() {
    session.findInit(template());
    assertEquals(0, session.find(9).length);
    session.findFinal();
    session.findInit(template(CKA_CLASS, 7));
    long[] found = session.find(1000);
    session.findFinal();
    assertEquals(module.mechanisms(1).size(), found.length);
    assertEquals(8, value(found[0], CKA_MECHANISM_TYPE).length);
    assertFails(ReturnValue.CKR_ACTION_PROHIBITED, () -> session.destroyObject(found[0]));
    session.findInit(template(CKA_CLASS, 9, CKA_PROFILE_ID, 1));
    assertEquals(1, session.find(9).length);
    session.findFinal();
    assertFails(
        ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID,
        () -> session.createObject(template(CKA_CLASS, 9)));
  }

  @Test
  void slotEventsTellOfNewTokens() {
    assertEquals(Optional.of(1L), module.slotEvent()); // the bench's own token
    assertEquals(Optional.empty(), module.slotEvent());
    try (Cryptoki other = bench.start()) {
      other.initToken(other.slots().getLast(), PIN, new byte[] {'n'});
    }
    assertEquals(Optional.of(2L), module.slotEvent());
    assertEquals(Optional.empty(), module.slotEvent());
  }
}
