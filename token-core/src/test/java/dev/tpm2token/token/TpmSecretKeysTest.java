package dev.tpm2token.token;

import static dev.tpm2token.token.Bench.assertFails;
import static dev.tpm2token.token.Bench.template;
import static dev.tpm2token.token.attribute.AttributeType.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Parameter;
import dev.tpm2token.tpm.LeasePolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secret keys that the TPM holds do what the same keys do in software. */
@Tag("swtpm")
class TpmSecretKeysTest {
  private static final long GENERIC = 0x10;
  private static final long AES = 0x1F;
  private static final long ECB = 0x1081;
  private static final long SHA256_HMAC = 0x251;
  private static final long SHA3_256_HMAC = 0x2B1;

  /** Around a block, and around what a TPM takes at once. */
  private static final int[] LENGTHS = {0, 1, 15, 16, 17, 31, 32, 33, 1008, 1023, 1024, 1025, 3000};

  private static final byte[] IV = bytes(16, 1);

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

  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Object[] with(Object... more) {
    List<Object> pairs = new ArrayList<>();
    for (AttributeType use :
        List.of(CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_VERIFY, CKA_WRAP, CKA_UNWRAP)) {
      pairs.addAll(List.of(use, true));
    }
    pairs.addAll(List.of(more));
    return pairs.toArray();
  }

  private static long create(
      Session session, long type, byte[] value, boolean token, Object... more) {
    List<Object> pairs =
        new ArrayList<>(
            List.of(CKA_CLASS, 4, CKA_KEY_TYPE, type, CKA_VALUE, value, CKA_TOKEN, token));
    pairs.addAll(List.of(more));
    return session.createObject(template(with(pairs.toArray())));
  }

  private static boolean isInTpm(Session session, long key) {
    return session.token().object(key).key() != null;
  }

  private static MechanismCall call(Mechanism mechanism) {
    return new MechanismCall(
        mechanism.type(),
        switch (mechanism.shape()) {
          case BYTES ->
              mechanism.name().contains("KEY_WRAP") ? Parameter.NONE : new Parameter.Bytes(IV);
          case LENGTH -> new Parameter.Length(9);
          case COUNTER -> new Parameter.Counter(128, IV);
          case GCM -> new Parameter.Gcm(bytes(12, 2), bytes(20, 3), 128);
          default -> Parameter.NONE;
        });
  }

  private List<Mechanism> rows(long keyType, Function function) {
    return module.mechanisms(1).stream()
        .filter(row -> row.keyType().filter(type -> type.code() == keyType).isPresent())
        .filter(row -> row.functions().contains(function))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void ciphersAreTheSame(int keyLength) {
    byte[] value = bytes(keyLength, 4);
    long inTpm = create(session, AES, value, true);
    long inSoftware = create(session, AES, value, false);
    assertTrue(isInTpm(session, inTpm));
    assertFalse(isInTpm(session, inSoftware));
    for (Mechanism row : rows(AES, Function.ENCRYPT)) {
      for (int length : LENGTHS) {
        if (length % 16 != 0 && List.of("CKM_AES_ECB", "CKM_AES_CBC").contains(row.name())) {
          Ciphering encryption = session.encryption();
          encryption.init(call(row), inTpm);
          assertFails(
              ReturnValue.CKR_DATA_LEN_RANGE, () -> encryption.finish(new byte[length], 9999));
          continue;
        }
        String what = row.name() + " of " + length;
        byte[] data = bytes(length, length);
        byte[] expected = run(session.encryption(), row, inSoftware, data, length);
        assertArrayEquals(expected, run(session.encryption(), row, inTpm, data, length), what);
        assertArrayEquals(expected, run(session.encryption(), row, inTpm, data, 700), what);
        assertArrayEquals(data, run(session.decryption(), row, inTpm, expected, 9999), what);
        assertArrayEquals(data, run(session.decryption(), row, inTpm, expected, 33), what);
      }
    }
  }

  private static byte[] run(Ciphering cipher, Mechanism row, long key, byte[] data, int part) {
    cipher.init(call(row), key);
    if (part >= data.length) {
      return cipher.finish(data, 9999);
    }
    byte[] result = new byte[0];
    for (int at = 0; at < data.length; at += part) {
      byte[] piece = Arrays.copyOfRange(data, at, Math.min(data.length, at + part));
      int promised = cipher.updateLength(piece.length);
      byte[] out = cipher.update(piece);
      assertEquals(promised, out.length, row::name);
      result = org.bouncycastle.util.Arrays.concatenate(result, out);
    }
    return org.bouncycastle.util.Arrays.concatenate(result, cipher.finish(new byte[0], 9999));
  }

  @Test
  void wrongPaddingAndWrongTagsAreFound() {
    long key = create(session, AES, bytes(16, 4), true);
    for (Mechanism row : rows(AES, Function.ENCRYPT)) {
      if (row.name().contains("PAD") || row.name().contains("GCM")) {
        session.encryption().init(call(row), key);
        byte[] encrypted = session.encryption().finish(bytes(20, 5), 9999);
        encrypted[encrypted.length - 1] ^= 1;
        session.decryption().init(call(row), key);
        assertFails(
            ReturnValue.CKR_ENCRYPTED_DATA_INVALID,
            () -> session.decryption().finish(encrypted, 9999));
      }
    }
  }

  @Test
  void authenticationCodesAreTheSame() {
    for (long type : new long[] {AES, GENERIC}) {
      byte[] value = bytes(32, 6);
      long inTpm = create(session, type, value, true);
      long inSoftware = create(session, type, value, false);
      assertTrue(isInTpm(session, inTpm));
      for (Mechanism row : rows(type, Function.SIGN)) {
        if (row.name().contains("SHA224") || row.name().contains("SHA3_")) {
          assertFails(
              ReturnValue.CKR_KEY_FUNCTION_NOT_PERMITTED,
              () -> session.signing().init(call(row), inTpm));
          continue;
        }
        for (int length : LENGTHS) {
          String what = row.name() + " of " + length;
          byte[] data = bytes(length, length);
          session.signing().init(call(row), inSoftware);
          byte[] expected = session.signing().sign(Data.of(data));
          session.signing().init(call(row), inTpm);
          assertArrayEquals(expected, session.signing().sign(Data.of(data)), what);
          session.signing().init(call(row), inTpm);
          session.signing().update(Data.of(Arrays.copyOf(data, length / 3)));
          session.signing().update(Data.of(Arrays.copyOfRange(data, length / 3, length)));
          assertArrayEquals(expected, session.signing().finish(), what);
          session.verification().init(call(row), inTpm);
          session.verification().verify(Data.of(data), expected);
          expected[0] ^= 1;
          session.verification().init(call(row), inTpm);
          assertFails(
              ReturnValue.CKR_SIGNATURE_INVALID,
              () -> session.verification().verify(Data.of(data), expected));
        }
      }
    }
  }

  @Test
  void keysAreWrappedTheSame() {
    byte[] value = bytes(32, 7);
    long inTpm = create(session, AES, value, true);
    long inSoftware = create(session, AES, value, false);
    long target = create(session, AES, bytes(32, 8), false, CKA_EXTRACTABLE, true);
    for (Mechanism row : rows(AES, Function.WRAP)) {
      byte[] expected = session.wrapping().wrap(call(row), inSoftware, target).work().get();
      KeyWrapping.Wrapping wrapping = session.wrapping().wrap(call(row), inTpm, target);
      byte[] wrapped = wrapping.work().get();
      assertArrayEquals(expected, wrapped, row.name());
      assertEquals(wrapped.length, wrapping.length(), row::name);
      long unwrapped =
          session
              .wrapping()
              .unwrap(
                  call(row),
                  inTpm,
                  wrapped,
                  template(with(CKA_CLASS, 4, CKA_KEY_TYPE, AES, CKA_SENSITIVE, false)));
      assertArrayEquals(bytes(32, 8), value(unwrapped), row.name());
    }
    assertFails(
        ReturnValue.CKR_KEY_UNEXTRACTABLE,
        () -> session.wrapping().wrap(MechanismCall.of(0x2109), inSoftware, inTpm));
  }

  private byte[] value(long object) {
    return assertInstanceOf(
            AttributeResult.Value.class,
            session.attributes(object, new long[] {CKA_VALUE.code()}).getFirst())
        .bytes();
  }

  @Test
  void messagesAreTheSame() {
    byte[] value = bytes(16, 9);
    long inTpm = create(session, AES, value, true);
    long inSoftware = create(session, AES, value, false);
    MechanismCall gcm = new MechanismCall(0x1087, Parameter.NONE);
    List<byte[]> results = new ArrayList<>();
    for (long key : new long[] {inTpm, inSoftware}) {
      session.messageEncryption().init(gcm, key);
      for (int i = 0; i < 3; i++) {
        results.add(
            session
                .messageEncryption()
                .whole(new Parameter.GcmMessage(bytes(12, i), 0, 0, new byte[16], 128), IV, value)
                .textAndTag());
      }
      session.messageEncryption().finish();
    }
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(results.get(i + 3), results.get(i));
    }
  }

  /** What a generated key is, says its attributes; another process uses it. */
  @Test
  void generatedKeysStay() {
    long aes = session.generateKey(MechanismCall.of(0x1080), kept(CKA_VALUE_LEN, 32));
    long generic = session.generateKey(MechanismCall.of(0x350), kept(CKA_VALUE_LEN, 64));
    MechanismCall hmac = MechanismCall.of(SHA256_HMAC);
    session.encryption().init(MechanismCall.of(ECB), aes);
    byte[] encrypted = session.encryption().finish(IV, 16);
    session.signing().init(hmac, generic);
    byte[] mac = session.signing().sign(Data.of(IV));
    for (long key : new long[] {aes, generic}) {
      assertTrue(isInTpm(session, key));
      Attributes attributes = session.token().object(key).attributes();
      assertTrue(attributes.isTrue(CKA_LOCAL));
      assertTrue(attributes.isTrue(CKA_NEVER_EXTRACTABLE));
      assertInstanceOf(
          AttributeResult.Sensitive.class,
          session.attributes(key, new long[] {CKA_VALUE.code()}).getFirst());
      session.digesting().init(MechanismCall.of(0x250));
      assertFails(ReturnValue.CKR_KEY_INDIGESTIBLE, () -> session.digesting().key(key));
    }
    try (Cryptoki other = bench.start()) {
      Session again = Bench.login(other);
      long found = again.token().find(template(CKA_KEY_TYPE, AES))[0];
      again.decryption().init(MechanismCall.of(ECB), found);
      assertArrayEquals(IV, again.decryption().finish(encrypted, 16));
      again.verification().init(hmac, again.token().find(template(CKA_KEY_TYPE, GENERIC))[0]);
      again.verification().verify(Data.of(IV), mac);
    }
  }

  private static Template kept(Object... more) {
    List<Object> pairs = new ArrayList<>(List.of(CKA_TOKEN, true));
    pairs.addAll(List.of(more));
    return template(with(pairs.toArray()));
  }

  @Test
  void whatTheTpmCannotDoStaysInSoftware() {
    long hmacs =
        create(
            session,
            GENERIC,
            bytes(32, 10),
            true,
            CKA_ALLOWED_MECHANISMS,
            Attributes.encode(SHA256_HMAC, SHA3_256_HMAC));
    session.signing().init(MechanismCall.of(SHA3_256_HMAC), hmacs);
    assertEquals(32, session.signing().sign(Data.of(IV)).length);
    for (long key :
        new long[] {
          hmacs,
          create(session, GENERIC, bytes(65, 11), true),
          create(session, AES, bytes(16, 12), true, CKA_EXTRACTABLE, true),
          create(session, AES, bytes(16, 12), true, CKA_SENSITIVE, false),
          create(session, AES, bytes(24, 12), true) // which swtpm has not
        }) {
      assertFalse(isInTpm(session, key));
      assertNotNull(session.token().object(key).secret());
    }
    long longest = create(session, GENERIC, bytes(64, 13), true);
    assertNull(session.token().object(longest).secret());
  }

  /** As pkcs11-tool makes them, which asks for private objects with --private alone. */
  @Test
  void whatEverybodySeesIsTheTpmsOrNothing() {
    long key =
        session.generateKey(MechanismCall.of(0x1080), kept(CKA_VALUE_LEN, 16, CKA_PRIVATE, false));
    assertTrue(isInTpm(session, key));
    assertFails(
        ReturnValue.CKR_TEMPLATE_INCONSISTENT,
        () ->
            session.generateKey(
                MechanismCall.of(0x1080),
                kept(CKA_VALUE_LEN, 16, CKA_PRIVATE, false, CKA_SENSITIVE, false)));
    session.logout();
    long seen = session.token().find(template(CKA_KEY_TYPE, AES))[0];
    assertFails(
        ReturnValue.CKR_USER_NOT_LOGGED_IN,
        () -> session.encryption().init(MechanismCall.of(ECB), seen));
  }

  /** Many chips have no EncryptDecrypt2: nothing else is then other than it was. */
  @Test
  void aTpmWithoutCiphers() {
    try (LimitedTpm limited = new LimitedTpm(bench.tpm().tcti());
        Cryptoki other =
            Bench.withToken(
                new Cryptoki(
                    new Settings(
                        folder.resolve("other"),
                        limited.tcti(),
                        0x8100_0001,
                        LeasePolicy.DEFAULT,
                        Log.NONE)))) {
      Session there = Bench.login(other);
      long key = there.generateKey(MechanismCall.of(0x1080), kept(CKA_VALUE_LEN, 16));
      assertFalse(isInTpm(there, key));
      there.encryption().init(MechanismCall.of(ECB), key);
      assertEquals(16, there.encryption().finish(IV, 16).length);
    }
  }

  @Test
  void afterALogoutNothingGoesOn() {
    long key = create(session, AES, bytes(16, 14), true);
    session.encryption().init(MechanismCall.of(ECB), key);
    session.logout();
    assertThrows(RuntimeException.class, () -> session.encryption().finish(IV, 16));
  }
}
