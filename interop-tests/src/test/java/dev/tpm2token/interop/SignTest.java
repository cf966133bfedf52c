package dev.tpm2token.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.PublicKeys;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Session.KeyPair;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures and digests, judged by the JDK's own providers. */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class SignTest {
  private static final byte[] TEXT =
      "What is signed here is of no importance. ".repeat(20).getBytes(UTF_8);

  private Cryptoki module;
  private Session session;
  private KeyPair rsa;
  private KeyPair p256;
  private KeyPair p384;

  @BeforeAll
  void makeKeys(Lab lab) {
    module = Cryptoki.load(lab);
    module.initialize();
    session = module.readWrite(module.token("sign"));
    session.login(Lab.PIN);
    rsa = session.generateRsa(2048, "rsa", (byte) 1);
    p256 = session.generateEc(PublicKeys.P256, "p256", (byte) 2);
    p384 = session.generateEc(PublicKeys.P384, "p384", (byte) 3);
  }

  @AfterAll
  void finish() {
    module.finish();
  }

  @ParameterizedTest
  @CsvSource({
    "0x06, SHA1withRSA",
    "0x40, SHA256withRSA",
    "0x41, SHA384withRSA",
    "0x42, SHA512withRSA",
  })
  void rsaSignsWithAHash(String mechanism, String algorithm) throws Exception {
    check(Long.decode(mechanism), algorithm, rsa, PublicKeys.rsa(session, rsa.publicKey()));
  }

  @ParameterizedTest
  @CsvSource({
    "0x1042, SHA1withECDSAinP1363Format",
    "0x1044, SHA256withECDSAinP1363Format",
    "0x1045, SHA384withECDSAinP1363Format",
    "0x1046, SHA512withECDSAinP1363Format",
  })
  @Tag("tpm2token-only") // SoftHSM leaves the hash to the caller
  void ecdsaSignsWithAHash(String mechanism, String algorithm) throws Exception {
    check(Long.decode(mechanism), algorithm, p256, PublicKeys.ec(session, p256.publicKey(), 256));
    check(Long.decode(mechanism), algorithm, p384, PublicKeys.ec(session, p384.publicKey(), 384));
  }

  /** In one part and in many, checked by the JDK and by the module. */
  private void check(long mechanism, String algorithm, KeyPair pair, PublicKey publicKey)
      throws GeneralSecurityException {
    for (byte[] signature :
        new byte[][] {
          session.sign(mechanism, pair.privateKey(), TEXT),
          session.signInParts(mechanism, pair.privateKey(), TEXT)
        }) {
      assertTrue(jdkAccepts(algorithm, publicKey, TEXT, signature), algorithm);
      assertEquals(Rv.CKR_OK, session.verify(mechanism, pair.publicKey(), TEXT, signature));
      signature[signature.length / 2] ^= 1;
      assertEquals(
          Rv.CKR_SIGNATURE_INVALID, session.verify(mechanism, pair.publicKey(), TEXT, signature));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SHA-1, SHA1withRSA, 3021300906052b0e03021a05000414",
    "SHA-256, SHA256withRSA, 3031300d060960864801650304020105000420",
    "SHA-384, SHA384withRSA, 3041300d060960864801650304020205000430",
    "SHA-512, SHA512withRSA, 3051300d060960864801650304020305000440",
  })
  void rsaSignsADigestInfo(String hash, String algorithm, String prefix) throws Exception {
    byte[] digestInfo = concat(HexFormat.of().parseHex(prefix), sha(hash, TEXT));
    byte[] signature = session.sign(Ck.M_RSA_PKCS, rsa.privateKey(), digestInfo);
    PublicKey publicKey = PublicKeys.rsa(session, rsa.publicKey());
    assertTrue(jdkAccepts(algorithm, publicKey, TEXT, signature));
    assertEquals(Rv.CKR_OK, session.verify(Ck.M_RSA_PKCS, rsa.publicKey(), digestInfo, signature));
  }

  @Test
  void rsaSignsWhatIsNoDigestInfo() throws Exception {
    byte[] data = "short and unstructured".getBytes(UTF_8);
    byte[] signature = session.sign(Ck.M_RSA_PKCS, rsa.privateKey(), data);
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    cipher.init(Cipher.DECRYPT_MODE, PublicKeys.rsa(session, rsa.publicKey()));
    assertArrayEquals(data, cipher.doFinal(signature));
  }

  @Test
  void ecdsaSignsADigest() throws Exception {
    byte[] digest = sha("SHA-256", TEXT);
    byte[] signature = session.sign(Ck.M_ECDSA, p256.privateKey(), digest);
    assertEquals(64, signature.length);
    PublicKey publicKey = PublicKeys.ec(session, p256.publicKey(), 256);
    assertTrue(jdkAccepts("NONEwithECDSAinP1363Format", publicKey, digest, signature));
    assertEquals(Rv.CKR_OK, session.verify(Ck.M_ECDSA, p256.publicKey(), digest, signature));

    byte[] longer = session.sign(Ck.M_ECDSA, p384.privateKey(), sha("SHA-384", TEXT));
    assertEquals(96, longer.length);
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM answers CKR_GENERAL_ERROR
  void dataThatIsTooLongIsRefused() {
    module.ok(Fn.C_SignInit, session.handle(), module.mechanism(Ck.M_RSA_PKCS), rsa.privateKey());
    assertEquals(
        Rv.CKR_DATA_LEN_RANGE,
        module.call(
            Fn.C_Sign,
            session.handle(),
            new byte[246],
            246,
            module.memory(256),
            module.ulong(256)));
  }

  @Test
  void askingForTheSizeKeepsTheOperation() {
    byte[] digest = new byte[32];
    module.ok(Fn.C_SignInit, session.handle(), module.mechanism(Ck.M_ECDSA), p256.privateKey());
    Pointer length = module.ulong(0);
    module.ok(Fn.C_Sign, session.handle(), digest, 32, null, length);
    assertEquals(64, length.getLong(0));

    Pointer small = module.ulong(63);
    Pointer out = module.memory(64);
    assertEquals(
        Rv.CKR_BUFFER_TOO_SMALL, module.call(Fn.C_Sign, session.handle(), digest, 32, out, small));
    assertEquals(64, small.getLong(0));

    module.ok(Fn.C_Sign, session.handle(), digest, 32, out, length);
    assertEquals(
        Rv.CKR_OPERATION_NOT_INITIALIZED,
        module.call(Fn.C_Sign, session.handle(), digest, 32, out, length));
  }

  @Test
  void aSignatureOfTheWrongLengthIsRefused() {
    byte[] digest = new byte[32];
    Rv rv = session.verify(Ck.M_ECDSA, p256.publicKey(), digest, new byte[63]);
    assertEquals(Rv.CKR_SIGNATURE_LEN_RANGE, rv);
  }

  @ParameterizedTest
  @CsvSource({"0x220, SHA-1", "0x250, SHA-256", "0x260, SHA-384", "0x270, SHA-512"})
  void digestsAgreeWithTheJdk(String mechanism, String algorithm) throws Exception {
    assertArrayEquals(sha(algorithm, TEXT), session.digest(Long.decode(mechanism), TEXT));
    assertArrayEquals(
        sha(algorithm, new byte[0]), session.digest(Long.decode(mechanism), new byte[0]));
  }

  @Test
  void aDigestInParts() throws Exception {
    module.ok(Fn.C_DigestInit, session.handle(), module.mechanism(Ck.M_SHA256));
    for (byte b : TEXT) {
      module.ok(Fn.C_DigestUpdate, session.handle(), new byte[] {b}, 1);
    }
    Pointer out = module.memory(32);
    module.ok(Fn.C_DigestFinal, session.handle(), out, module.ulong(32));
    byte[] digest = new byte[32];
    out.get(0, digest, 0, 32);
    assertArrayEquals(sha("SHA-256", TEXT), digest);
  }

  @Test
  void sessionsSignSideBySide() throws Exception {
    try (Session other = module.readOnly(module.slotOf("sign"))) {
      module.ok(Fn.C_SignInit, session.handle(), module.mechanism(Ck.M_ECDSA), p256.privateKey());
      assertEquals(256, other.sign(Ck.M_SHA256_RSA_PKCS, rsa.privateKey(), TEXT).length);
      module.ok(Fn.C_Sign, session.handle(), new byte[32], 32, module.memory(64), module.ulong(64));
    }
  }

  private static boolean jdkAccepts(String algorithm, PublicKey key, byte[] data, byte[] signature)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(key);
    verifier.update(data);
    return verifier.verify(signature);
  }

  private static byte[] sha(String algorithm, byte[] data) throws GeneralSecurityException {
    return MessageDigest.getInstance(algorithm).digest(data);
  }

  private static byte[] concat(byte[] head, byte[] tail) {
    byte[] both = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, both, head.length, tail.length);
    return both;
  }
}
