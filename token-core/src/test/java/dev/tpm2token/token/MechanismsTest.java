package dev.tpm2token.token;

import static dev.tpm2token.token.Bench.template;
import static dev.tpm2token.token.attribute.AttributeType.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Parameter;
import dev.tpm2token.token.object.KeyType;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The list is honest: each mechanism that is advertised is used in each way that its flags say, in
 * one part and in several, and the JDK, which knows nothing of us, finds the results right. This is
 * the Java API, in seconds and without an image; the library is EveryMechanismTest's and
 * NotAdvertisedTest's, in the interop tests.
 */
@Tag("swtpm")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MechanismsTest {
  private static final byte[] DATA =
      "sixteen bytes or a multiple of it: forty-eight.!".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AES = HexFormat.of().parseHex("2b7e151628aed2a6abf7158809cf4f3c");
  private static final byte[] IV = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
  private static final Object[] EVERYTHING = {
    CKA_ENCRYPT,
    true,
    CKA_DECRYPT,
    true,
    CKA_SIGN,
    true,
    CKA_VERIFY,
    true,
    CKA_WRAP,
    true,
    CKA_UNWRAP,
    true
  };

  /** Hash names in mechanisms, the JDK's names, and the numbers in parameters. */
  private record Hash(
      String name, String jdk, String signature, long mechanism, long mgf, long kdf) {}

  private static final List<Hash> HASHES =
      List.of(
          new Hash("SHA1", "SHA-1", "SHA1", 0x220, 1, 2),
          new Hash("SHA224", "SHA-224", "SHA224", 0x255, 5, 5),
          new Hash("SHA256", "SHA-256", "SHA256", 0x250, 2, 6),
          new Hash("SHA384", "SHA-384", "SHA384", 0x260, 3, 7),
          new Hash("SHA512", "SHA-512", "SHA512", 0x270, 4, 8),
          new Hash("SHA3_224", "SHA3-224", "SHA3-224", 0x2B5, 6, 10),
          new Hash("SHA3_256", "SHA3-256", "SHA3-256", 0x2B0, 7, 11),
          new Hash("SHA3_384", "SHA3-384", "SHA3-384", 0x2C0, 8, 12),
          new Hash("SHA3_512", "SHA3-512", "SHA3-512", 0x2D0, 9, 13));

  @TempDir static Path store;
  private Bench bench;
  private Cryptoki module;
  private Session session;
  private long[] rsa;
  private long[] ec;
  private PublicKey rsaKey;
  private PublicKey ecKey;
  private long aes;
  private long generic;

  @BeforeAll
  void start() throws Exception {
    bench = new Bench(store.resolve("store"));
    module = bench.withToken();
    session = Bench.login(module);
    rsa =
        session.generateKeyPair(
            MechanismCall.of(0),
            template(
                CKA_MODULUS_BITS,
                2048,
                CKA_ENCRYPT,
                true,
                CKA_VERIFY_RECOVER,
                true,
                CKA_WRAP,
                true,
                CKA_ENCAPSULATE,
                true),
            template(
                CKA_DECRYPT,
                true,
                CKA_SIGN_RECOVER,
                true,
                CKA_UNWRAP,
                true,
                CKA_DECAPSULATE,
                true));
    ec =
        session.generateKeyPair(
            MechanismCall.of(0x1040),
            template(CKA_EC_PARAMS, Curve.P_256.parameters(), CKA_ENCAPSULATE, true),
            template(CKA_DERIVE, true, CKA_DECAPSULATE, true));
    rsaKey = jdkKey("RSA", rsa[0]);
    ecKey = jdkKey("EC", ec[0]);
    aes = secret(0x1F, AES);
    generic = secret(0x10, AES);
  }

  @AfterAll
  void stop() {
    module.close();
    bench.close();
  }

  private long secret(long type, byte[] value) {
    List<Object> pairs = new ArrayList<>(List.of(EVERYTHING));
    pairs.addAll(
        List.of(
            CKA_CLASS,
            4,
            CKA_KEY_TYPE,
            type,
            CKA_VALUE,
            value,
            CKA_EXTRACTABLE,
            true,
            CKA_SENSITIVE,
            false));
    return session.createObject(template(pairs.toArray()));
  }

  private byte[] value(long object, AttributeType type) {
    return Bench.value(session, object, type);
  }

  private PublicKey jdkKey(String algorithm, long object) throws Exception {
    return KeyFactory.getInstance(algorithm)
        .generatePublic(new X509EncodedKeySpec(value(object, CKA_PUBLIC_KEY_INFO)));
  }

  private static Data inParts(byte[] data) {
    return sink -> {
      sink.accept(Arrays.copyOf(data, 1));
      sink.accept(Arrays.copyOfRange(data, 1, 20));
      sink.accept(Arrays.copyOfRange(data, 20, data.length));
    };
  }

  private static void assertFails(ReturnValue expected, Runnable work) {
    assertEquals(
        expected,
        ReturnValues.of(assertThrows(RuntimeException.class, work::run)),
        work.toString());
  }

  @Test
  void eachAdvertisedMechanismDoesWhatItsFlagsSay() throws Exception {
    for (Mechanism mechanism : module.mechanisms(1)) {
      for (Function function : mechanism.functions()) {
        use(mechanism, function);
      }
    }
  }

  private void use(Mechanism mechanism, Function function) throws Exception {
    switch (function) {
      case DIGEST -> digests(mechanism);
      case SIGN -> signs(mechanism);
      case ENCRYPT -> ciphers(mechanism);
      case SIGN_RECOVER -> recovers(mechanism);
      case WRAP -> wraps(mechanism);
      case DERIVE -> derives(mechanism);
      case GENERATE -> generates(mechanism);
      case MESSAGE_ENCRYPT -> encryptsMessages(mechanism);
      case MESSAGE_SIGN -> signsMessages(mechanism);
      case ENCAPSULATE -> encapsulates(mechanism);
      case GENERATE_KEY_PAIR,
          VERIFY,
          DECRYPT,
          VERIFY_RECOVER,
          UNWRAP,
          MESSAGE_DECRYPT,
          MESSAGE_VERIFY,
          DECAPSULATE -> {
        // made in start(), or used with its counterpart
      }
    }
  }

  private void digests(Mechanism mechanism) throws Exception {
    String name = mechanism.name().substring(4).replace("SHA_1", "SHA1");
    Hash hash = HASHES.stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow();
    byte[] expected = MessageDigest.getInstance(hash.jdk).digest(DATA);
    session.digesting().init(MechanismCall.of(mechanism.type()));
    assertArrayEquals(expected, session.digesting().digest(inParts(DATA)), mechanism.name());
    session.digesting().init(MechanismCall.of(mechanism.type()));
    session.digesting().update(Data.of(Arrays.copyOf(DATA, 7)));
    session.digesting().update(Data.of(Arrays.copyOfRange(DATA, 7, DATA.length)));
    assertArrayEquals(expected, session.digesting().finish());
  }

  private static Optional<Hash> hashIn(String name) {
    return HASHES.stream()
        .filter(each -> name.contains(each.name + "_RSA") || name.endsWith("_" + each.name))
        .findFirst();
  }

  private MechanismCall call(Mechanism mechanism) {
    return new MechanismCall(
        mechanism.type(),
        switch (mechanism.shape()) {
          case NONE -> Parameter.NONE;
          case BYTES ->
              mechanism.name().contains("KEY_WRAP") ? Parameter.NONE : new Parameter.Bytes(IV);
          case LENGTH -> new Parameter.Length(9);
          case PSS -> {
            Hash hash = hashIn(mechanism.name()).orElse(HASHES.get(2));
            yield new Parameter.Pss(hash.mechanism, hash.mgf, 17);
          }
          case OAEP -> oaep();
          case RSA_AES -> new Parameter.RsaAes(192, oaep());
          case COUNTER -> new Parameter.Counter(128, IV);
          case GCM -> new Parameter.Gcm(Arrays.copyOf(IV, 12), DATA, 96);
          case ECDH1 -> new Parameter.Ecdh1(1, new byte[0], new byte[0]);
        });
  }

  private static Parameter.Oaep oaep() {
    return new Parameter.Oaep(0x260, 1, "any label".getBytes(StandardCharsets.US_ASCII));
  }

  private void signs(Mechanism mechanism) throws Exception {
    long[] pair = pair(mechanism);
    byte[] data = given(mechanism);
    MechanismCall call = call(mechanism);
    session.signing().init(call, pair[1]);
    int length = session.signing().length();
    byte[] whole = session.signing().sign(Data.of(data));
    assertEquals(length, whole.length);
    session.signing().init(call, pair[1]);
    session.signing().update(inParts(data));
    byte[] parts = session.signing().finish();
    for (byte[] signature : List.of(whole, parts)) {
      session.verification().init(call, pair[0]);
      session.verification().verify(Data.of(data), signature);
      assertTrue(jdkVerifies(mechanism, data, signature), mechanism.name());
      session.verification().init(call, pair[0]);
      session.verification().update(inParts(data));
      signature[signature.length / 2] ^= 1;
      assertFails(
          ReturnValue.CKR_SIGNATURE_INVALID, () -> session.verification().finish(signature));
    }
  }

  /** What is signed: PSS without a hash of its own takes the digest of the parameter's hash. */
  private static byte[] given(Mechanism mechanism) throws Exception {
    return mechanism.name().equals("CKM_RSA_PKCS_PSS")
        ? MessageDigest.getInstance(HASHES.get(2).jdk).digest(DATA)
        : DATA;
  }

  private boolean jdkVerifies(Mechanism mechanism, byte[] data, byte[] signature) throws Exception {
    String name = mechanism.name();
    Optional<Hash> hash = hashIn(name);
    if (name.contains("HMAC") || name.contains("CMAC")) {
      return Arrays.equals(jdkMac(name, signature.length), signature);
    }
    if (name.contains("PSS")) {
      Hash used = hash.orElse(HASHES.get(2));
      Signature verifier = Signature.getInstance("RSASSA-PSS");
      verifier.setParameter(
          new PSSParameterSpec(used.jdk, "MGF1", new MGF1ParameterSpec(used.jdk), 17, 1));
      verifier.initVerify(rsaKey);
      verifier.update(DATA); // where the mechanism does not hash, its digest was given
      return verifier.verify(signature);
    }
    if (name.contains("RSA") && hash.isEmpty()) {
      byte[] block = raw(signature);
      int start = block.length - data.length;
      byte before = block[start - 1];
      return before == 0 && Arrays.equals(Arrays.copyOfRange(block, start, block.length), data);
    }
    String algorithm =
        name.contains("RSA")
            ? hash.orElseThrow().signature + "withRSA"
            : hash.map(Hash::signature).orElse("NONE") + "withECDSAinP1363Format";
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(name.contains("RSA") ? rsaKey : ecKey);
    verifier.update(hash.isEmpty() ? Arrays.copyOf(data, 32) : data);
    return verifier.verify(signature);
  }

  private byte[] raw(byte[] signature) {
    RSAPublicKey key = (RSAPublicKey) rsaKey;
    byte[] number =
        new BigInteger(1, signature)
            .modPow(key.getPublicExponent(), key.getModulus())
            .toByteArray();
    byte[] block = new byte[256];
    System.arraycopy(number, 0, block, block.length - number.length, number.length);
    return block;
  }

  private static byte[] jdkMac(String name, int length) throws Exception {
    if (name.contains("CMAC")) {
      return Arrays.copyOf(Cmac.of(AES, DATA), length);
    }
    String hash =
        name.substring(4, name.indexOf("_HMAC")).replace("SHA_1", "SHA1").replace('_', '-');
    Mac mac = Mac.getInstance("Hmac" + hash);
    mac.init(new SecretKeySpec(AES, "any"));
    return Arrays.copyOf(mac.doFinal(DATA), length);
  }

  private void recovers(Mechanism mechanism) {
    MechanismCall call = call(mechanism);
    session.recoverableSigning().init(call, rsa[1]);
    byte[] signature = session.recoverableSigning().sign(Data.of(DATA));
    session.recovery().init(call, rsa[0]);
    byte[] recovered = session.recovery().recover(signature, 1000);
    assertArrayEquals(
        DATA, Arrays.copyOfRange(recovered, recovered.length - DATA.length, recovered.length));
  }

  private void ciphers(Mechanism mechanism) throws Exception {
    boolean isRsa = mechanism.place() == Mechanism.Place.TPM;
    MechanismCall call = call(mechanism);
    long with = isRsa ? rsa[0] : aes;
    byte[] whole = run(session.encryption(), call, with, DATA, false);
    byte[] parts = run(session.encryption(), call, with, DATA, true);
    if (!isRsa) {
      assertArrayEquals(whole, parts, mechanism.name());
      assertArrayEquals(jdkEncrypted(mechanism.name()), whole, mechanism.name());
    }
    List<byte[]> encrypted = new ArrayList<>(List.of(whole, parts));
    if (isRsa) {
      encrypted.add(jdkRsa(mechanism.name()));
    }
    for (byte[] each : encrypted) {
      for (boolean inParts : new boolean[] {false, true}) {
        byte[] text = run(session.decryption(), call, isRsa ? rsa[1] : aes, each, inParts);
        assertArrayEquals(
            DATA,
            Arrays.copyOfRange(text, text.length - DATA.length, text.length),
            mechanism.name());
      }
    }
  }

  private static byte[] run(
      Ciphering cipher, MechanismCall call, long key, byte[] data, boolean inParts) {
    cipher.init(call, key);
    if (!inParts) {
      int bound = cipher.finalLength(data.length);
      byte[] result = cipher.finish(data, bound);
      assertTrue(result.length <= bound);
      return result;
    }
    byte[] result = new byte[0];
    for (int at = 0; at < data.length; at += 11) {
      byte[] part = Arrays.copyOfRange(data, at, Math.min(data.length, at + 11));
      int expected = cipher.updateLength(part.length);
      byte[] out = cipher.update(part);
      assertEquals(expected, out.length);
      result = joined(result, out);
    }
    return joined(result, cipher.finish(new byte[0], cipher.finalLength(0)));
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] result = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, result, first.length, second.length);
    return result;
  }

  private byte[] jdkRsa(String name) throws Exception {
    Cipher cipher =
        Cipher.getInstance(
            Map.of(
                    "CKM_RSA_PKCS", "RSA/ECB/PKCS1Padding",
                    "CKM_RSA_X_509", "RSA/ECB/NoPadding",
                    "CKM_RSA_PKCS_OAEP", "RSA/ECB/OAEPPadding")
                .get(name));
    AlgorithmParameterSpec none = null;
    cipher.init(
        Cipher.ENCRYPT_MODE,
        rsaKey,
        name.endsWith("OAEP")
            ? new OAEPParameterSpec(
                "SHA-384",
                "MGF1",
                MGF1ParameterSpec.SHA1,
                new PSource.PSpecified("any label".getBytes(StandardCharsets.US_ASCII)))
            : none);
    return cipher.doFinal(DATA);
  }

  private static byte[] jdkEncrypted(String name) throws Exception {
    Map<String, String> names =
        Map.of(
            "CKM_AES_ECB", "AES/ECB/NoPadding",
            "CKM_AES_CBC", "AES/CBC/NoPadding",
            "CKM_AES_CBC_PAD", "AES/CBC/PKCS5Padding",
            "CKM_AES_CTR", "AES/CTR/NoPadding",
            "CKM_AES_OFB", "AES/OFB/NoPadding",
            "CKM_AES_CFB128", "AES/CFB/NoPadding",
            "CKM_AES_GCM", "AES/GCM/NoPadding");
    Cipher cipher = Cipher.getInstance(assertNotNull2(names.get(name)));
    SecretKeySpec key = new SecretKeySpec(AES, "AES");
    switch (name) {
      case "CKM_AES_ECB" -> cipher.init(Cipher.ENCRYPT_MODE, key);
      case "CKM_AES_GCM" -> {
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(96, IV, 0, 12));
        cipher.updateAAD(DATA);
      }
      default -> cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(IV));
    }
    return cipher.doFinal(DATA);
  }

  private static <T> T assertNotNull2(@org.jspecify.annotations.Nullable T value) {
    assertNotNull(value);
    return java.util.Objects.requireNonNull(value);
  }

  private void wraps(Mechanism mechanism) throws Exception {
    boolean isRsa = mechanism.place() == Mechanism.Place.TPM;
    MechanismCall call = call(mechanism);
    byte[] value = Arrays.copyOf(DATA, 32);
    long wrappedKey = secret(0x10, value);
    KeyWrapping.Wrapping wrapping = session.wrapping().wrap(call, isRsa ? rsa[0] : aes, wrappedKey);
    byte[] wrapped = wrapping.work().get();
    assertEquals(wrapping.length(), wrapped.length, mechanism.name());
    if (mechanism.name().contains("AES_KEY_WRAP") && !isRsa) {
      Cipher cipher =
          Cipher.getInstance(
              switch (mechanism.name().substring("CKM_AES_KEY_WRAP".length())) {
                case "_KWP" -> "AES/KWP/NoPadding";
                case "_PAD", "_PKCS7" -> "AES/KW/PKCS5Padding";
                default -> "AES/KW/NoPadding";
              });
      cipher.init(Cipher.WRAP_MODE, new SecretKeySpec(AES, "AES"));
      assertArrayEquals(cipher.wrap(new SecretKeySpec(value, "AES")), wrapped);
    }
    long key =
        session
            .wrapping()
            .unwrap(
                call,
                isRsa ? rsa[1] : aes,
                wrapped,
                template(
                    CKA_CLASS, 4, CKA_KEY_TYPE, 0x1F, CKA_EXTRACTABLE, true, CKA_SENSITIVE, false));
    assertArrayEquals(value, value(key, CKA_VALUE), mechanism.name());
    wrapped[wrapped.length - 1] ^= 1;
    assertThrows(
        CryptokiException.class,
        () ->
            session
                .wrapping()
                .unwrap(
                    call,
                    isRsa ? rsa[1] : aes,
                    wrapped,
                    template(CKA_CLASS, 4, CKA_KEY_TYPE, 0x1F)));
    assertFails(
        ReturnValue.CKR_KEY_UNEXTRACTABLE,
        () -> session.wrapping().wrap(call, isRsa ? rsa[0] : aes, ec[1]));
  }

  private long[] pair(Mechanism mechanism) {
    return switch (mechanism.keyType().orElseThrow()) {
      case CKK_RSA -> rsa;
      case CKK_EC -> ec;
      case CKK_AES -> new long[] {aes, aes};
      case CKK_GENERIC_SECRET -> new long[] {generic, generic};
    };
  }

  private void encryptsMessages(Mechanism mechanism) throws Exception {
    assertEquals("CKM_AES_GCM", mechanism.name());
    session.messageEncryption().init(MechanismCall.of(mechanism.type()), aes);
    session.messageDecryption().init(MechanismCall.of(mechanism.type()), aes);
    byte[] fixed = Arrays.copyOf(IV, 12);
    MessageCiphering.Result whole =
        session
            .messageEncryption()
            .whole(new Parameter.GcmMessage(fixed, 0, 0, new byte[0], 96), DATA, DATA);
    assertArrayEquals(jdkEncrypted(mechanism.name()), joined(whole.text(), whole.tag()));
    session
        .messageEncryption()
        .begin(new Parameter.GcmMessage(fixed, 32, 2, new byte[0], 96), DATA);
    byte[] text = session.messageEncryption().part(Arrays.copyOf(DATA, 21)).text();
    MessageCiphering.Result last =
        session
            .messageEncryption()
            .lastPart(
                Arrays.copyOfRange(DATA, 21, DATA.length),
                new Parameter.GcmMessage(fixed, 32, 2, new byte[0], 96));
    Parameter.GcmMessage received = new Parameter.GcmMessage(last.iv(), 0, 0, last.tag(), 96);
    byte[] encrypted = joined(text, last.text());
    assertArrayEquals(DATA, session.messageDecryption().whole(received, DATA, encrypted).text());
    session.messageDecryption().begin(received, DATA);
    assertEquals(0, session.messageDecryption().part(encrypted).text().length);
    assertArrayEquals(DATA, session.messageDecryption().lastPart(new byte[0], received).text());
    last.tag()[0] ^= 1;
    assertFails(
        ReturnValue.CKR_AEAD_DECRYPT_FAILED,
        () -> session.messageDecryption().whole(received, DATA, encrypted));
    session.messageEncryption().finish();
    session.messageDecryption().finish();
  }

  private void signsMessages(Mechanism mechanism) throws Exception {
    byte[] data = given(mechanism);
    MechanismCall call = call(mechanism);
    long[] pair = pair(mechanism);
    session.messageSigning().init(call, pair[1]);
    session.messageVerification().init(call, pair[0]);
    byte[] whole = session.messageSigning().sign(Data.of(data));
    session.messageSigning().begin();
    session.messageSigning().update(Data.of(Arrays.copyOf(data, 20)));
    byte[] parts =
        session.messageSigning().finishMessage(Data.of(Arrays.copyOfRange(data, 20, data.length)));
    for (byte[] signature : List.of(whole, parts)) {
      assertEquals(session.messageSigning().length(), signature.length);
      assertTrue(jdkVerifies(mechanism, data, signature), mechanism.name());
      session.messageVerification().verify(Data.of(data), signature);
      signature[signature.length / 2] ^= 1;
      assertFails(
          ReturnValue.CKR_SIGNATURE_INVALID,
          () -> session.messageVerification().verify(Data.of(data), signature));
    }
    session.messageSigning().finish();
    session.messageVerification().finish();
  }

  private void encapsulates(Mechanism mechanism) throws Exception {
    boolean isEc = mechanism.keyType().orElseThrow() == KeyType.CKK_EC;
    long[] pair = pair(mechanism);
    MechanismCall call =
        isEc
            ? new MechanismCall(
                mechanism.type(), new Parameter.Ecdh1(6, DATA, new byte[0])) // CKD_SHA256_KDF
            : call(mechanism);
    Template template = template(CKA_KEY_TYPE, 0x1F, CKA_VALUE_LEN, 16, CKA_SENSITIVE, false);
    KeyEncapsulation.Encapsulation encapsulation =
        session.encapsulation().encapsulate(call, pair[0], template);
    KeyEncapsulation.Encapsulated made = encapsulation.work().get();
    assertEquals(encapsulation.length(), made.bytes().length);
    long key = session.encapsulation().decapsulate(call, pair[1], template, made.bytes());
    assertArrayEquals(value(made.key(), CKA_VALUE), value(key, CKA_VALUE), mechanism.name());
    assertEquals(16, value(key, CKA_VALUE).length);
    for (AttributeType no : List.of(CKA_LOCAL, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE)) {
      assertArrayEquals(new byte[] {0}, value(key, no), no.name());
    }
    if (isEc) {
      assertArrayEquals(
          value(key, CKA_VALUE),
          derived(mechanism, 6, DATA, made.bytes(), 16),
          "the same as C_DeriveKey with the other party's point");
    }
    made.bytes()[7] ^= 1;
    assertFails(
        ReturnValue.CKR_WRAPPED_KEY_INVALID,
        () -> session.encapsulation().decapsulate(call, pair[1], template, made.bytes()));
  }

  private void derives(Mechanism mechanism) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair peer = generator.generateKeyPair();
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(peer.getPrivate());
    agreement.doPhase(ecKey, true);
    byte[] z = agreement.generateSecret();
    byte[] spki = ((ECPublicKey) peer.getPublic()).getEncoded();
    byte[] point = Arrays.copyOfRange(spki, spki.length - 65, spki.length);
    for (byte[] form : List.of(point, joined(new byte[] {4, 65}, point))) {
      assertArrayEquals(z, derived(mechanism, 1, new byte[0], form, 32));
      assertArrayEquals(
          Arrays.copyOfRange(z, 16, 32), derived(mechanism, 1, new byte[0], form, 16));
    }
    for (Hash hash : HASHES) {
      MessageDigest digest = MessageDigest.getInstance(hash.jdk);
      byte[] expected = new byte[0];
      for (byte counter = 1; expected.length < 70; counter++) {
        digest.update(z);
        digest.update(new byte[] {0, 0, 0, counter});
        expected = joined(expected, digest.digest(DATA));
      }
      assertArrayEquals(
          Arrays.copyOf(expected, 70), derived(mechanism, hash.kdf, DATA, point, 70), hash.name);
    }
    assertFails(
        ReturnValue.CKR_MECHANISM_PARAM_INVALID,
        () -> derived(mechanism, 1, new byte[0], new byte[65], 32));
  }

  private byte[] derived(Mechanism mechanism, long kdf, byte[] shared, byte[] point, int length) {
    long key =
        session.deriveKey(
            new MechanismCall(mechanism.type(), new Parameter.Ecdh1(kdf, shared, point)),
            ec[1],
            template(
                CKA_CLASS,
                4,
                CKA_KEY_TYPE,
                0x10,
                CKA_VALUE_LEN,
                length,
                CKA_EXTRACTABLE,
                true,
                CKA_SENSITIVE,
                false));
    return value(key, CKA_VALUE);
  }

  private void generates(Mechanism mechanism) {
    long key =
        session.generateKey(
            MechanismCall.of(mechanism.type()), template(CKA_VALUE_LEN, 32, CKA_TOKEN, true));
    assertInstanceOf(
        AttributeResult.Sensitive.class,
        session.attributes(key, new long[] {CKA_VALUE.code()}).getFirst());
    assertArrayEquals(new byte[] {1}, value(key, CKA_LOCAL));
    session.destroyObject(key);
    assertFails(
        ReturnValue.CKR_TEMPLATE_INCOMPLETE,
        () -> session.generateKey(MechanismCall.of(mechanism.type()), template()));
  }
}
