package dev.tpm2token.interop.profiles;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The mandatory test cases of the PKCS #11 Profiles, request by request, by each of our interfaces
 * of 3.x: 3.0 and 3.2. Sections are those of the profiles' text; {@code docs/conformance.md} says
 * which text, and where values differ.
 */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only") // SoftHSM has no interface of 3.x
class OasisProfilesTest {
  private static final byte[] DATA = "what is to be signed".getBytes(StandardCharsets.US_ASCII);
  private static final long GENERATE_KEY_PAIR = 0x10000;
  private static final long DIGEST = 0x400;
  private static final long HW = 0x1;
  private static final long ENCRYPT_TO_UNWRAP = 0x100 | 0x200 | 0x800 | 0x2000 | 0x20000 | 0x40000;
  private static final long RECOVER = 0x1000 | 0x4000;
  private static final long MESSAGES = 0x8 | 0x10 | 0x20;
  private static final long ENCAPSULATION = 0x1000_0000 | 0x2000_0000;

  private Lab lab;

  /** What the cases find on the token: their key pair, and a certificate with its key. */
  @BeforeAll
  void makeToken(Lab shared) {
    lab = shared;
    Cryptoki module = Cryptoki.load(lab);
    module.initialize();
    try (Session session = module.readWrite(module.token("token1"))) {
      session.login(Lab.PIN);
      session.generate(
          Ck.M_RSA_PKCS_KEY_PAIR_GEN,
          testKey("testrsa-pub").with(Ck.A_MODULUS_BITS, 2048).with(Ck.A_VERIFY, true),
          testKey("testrsa-pri").with(Ck.A_PRIVATE, true).with(Ck.A_SIGN, true));
    }
    module.finish();
    String tool = "pkcs11-tool --module $M --token-label token1 --login --pin $PIN ";
    lab.sh(
            "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=profiles -outform der -keyout"
                + " key.pem -out certificate.der && openssl rsa -in key.pem -outform der -out"
                + " key.der && openssl rsa -in key.pem -pubout -outform der -out public.der")
        .ok();
    lab.sh(tool + "--write-object key.der --type privkey --id 02 --label own").ok();
    lab.sh(tool + "--write-object public.der --type pubkey --id 02 --label own").ok();
    lab.sh(tool + "--write-object certificate.der --type cert --id 02 --label own").ok();
    lab.sh(tool + "--write-object public.der --type data --application-label a --label data1").ok();
    lab.sh(tool + "--write-object public.der --type data --application-label b --label data2").ok();
  }

  private static Template testKey(String label) {
    return Template.of().with(Ck.A_TOKEN, true).with(Ck.A_LABEL, label).with(Ck.A_ID, label);
  }

  /** A case that failed may have left the module initialised. */
  @AfterEach
  void abandon() {
    Cryptoki.load(lab).call(Fn.C_Finalize, (Object) null);
  }

  /** 5.1.1, BL-M-1: Baseline Provider. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void baselineProvider(int minor) {
    Provider provider = new Provider(lab, minor);
    begin(provider);
    provider.slotInfo();
    provider.tokenInfo();
    provider.openSession(Ck.SESSION_SERIAL);
    provider.findObjectsInit(Template.of().with(Ck.A_TOKEN, true));
    provider.findObjects(1);
    provider.findObjectsFinal();
    end(provider);
  }

  /** 5.3.1, EXT-M-1: Extended Provider. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void extendedProvider(int minor) {
    Provider provider = new Provider(lab, minor);
    begin(provider);
    provider.slotInfo();
    provider.tokenInfo();
    provider.mechanismList(Ck.M_SHA512, Ck.M_RSA_PKCS_KEY_PAIR_GEN, Ck.M_RSA_PKCS);
    provider
        .mechanismInfo(Ck.M_SHA512)
        .number("MinKeySize", 0, 0)
        .number("MaxKeySize", 8, 0)
        .number("Flags", 16, DIGEST);
    provider
        .mechanismInfo(Ck.M_RSA_PKCS_KEY_PAIR_GEN)
        .number("MinKeySize", 0, 512, 2048)
        .number("MaxKeySize", 8, 16384, 3072)
        .number("Flags", 16, GENERATE_KEY_PAIR, GENERATE_KEY_PAIR | HW);
    provider
        .mechanismInfo(Ck.M_RSA_PKCS)
        .number("MinKeySize", 0, 512, 2048)
        .number("MaxKeySize", 8, 16384, 3072)
        .number(
            "Flags",
            16,
            ENCRYPT_TO_UNWRAP,
            ENCRYPT_TO_UNWRAP | RECOVER | MESSAGES | ENCAPSULATION | HW);
    provider.openSession(Ck.SESSION_RW | Ck.SESSION_SERIAL);
    provider.login(Lab.PIN);
    provider.findObjectsInit(Template.of().with(Ck.A_TOKEN, true));
    provider.findObjects(1);
    provider.findObjectsFinal();
    provider.logout();
    end(provider);
  }

  /**
   * 5.4.1, AUTH-M-1: Authentication Token. The key is one of ours, so the JDK judges the signature.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void authenticationToken(int minor) throws GeneralSecurityException {
    Provider provider = new Provider(lab, minor);
    begin(provider);
    provider.openSession(Ck.SESSION_RW | Ck.SESSION_SERIAL);
    provider.login(Lab.PIN);
    provider.findObjectsInit(labelled("testrsa-pub", Ck.O_PUBLIC_KEY));
    long publicKey = provider.findObjects(1)[0];
    provider.findObjectsFinal();
    byte[][] values = provider.attributes(publicKey, 1024, Ck.A_MODULUS, Ck.A_PUBLIC_EXPONENT);
    assertEquals(256, values[0].length);
    assertArrayEquals(new byte[] {1, 0, 1}, values[1]);
    provider.findObjectsInit(labelled("testrsa-pri", Ck.O_PRIVATE_KEY));
    long privateKey = provider.findObjects(1)[0];
    provider.findObjectsFinal();
    provider.signInit(Ck.M_SHA256_RSA_PKCS, privateKey);
    byte[] signature = provider.sign(DATA, 256);
    provider.logout();
    end(provider);

    assertEquals(256, signature.length);
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(
        KeyFactory.getInstance("RSA")
            .generatePublic(
                new RSAPublicKeySpec(new BigInteger(1, values[0]), new BigInteger(1, values[1]))));
    verifier.update(DATA);
    assertTrue(verifier.verify(signature));
  }

  /** 5.5.1, CERT-M-1: Public Certificates Token. Which of the objects comes first may vary. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void publicCertificatesToken(int minor) throws IOException {
    Provider provider = new Provider(lab, minor);
    begin(provider);
    provider.openSession(Ck.SESSION_SERIAL);
    provider.findObjectsInit(Template.of().with(Ck.A_TOKEN, true));
    long[] objects = provider.findObjects(5);
    assertTrue(provider.attributeLength(objects[0], Ck.A_LABEL) > 0);
    long certificate =
        Arrays.stream(objects)
            .filter(object -> number(provider, object, Ck.A_CLASS) == Ck.O_CERTIFICATE)
            .findFirst()
            .orElseThrow();
    int length = provider.attributeLength(certificate, Ck.A_LABEL);
    byte[] label = provider.attributes(certificate, length, Ck.A_LABEL)[0];
    assertEquals("own", new String(label, StandardCharsets.US_ASCII));
    byte[] expected = Files.readAllBytes(lab.dir().resolve("certificate.der"));
    assertEquals(expected.length, provider.attributeLength(certificate, Ck.A_VALUE));
    assertArrayEquals(expected, provider.attributes(certificate, expected.length, Ck.A_VALUE)[0]);
    provider.findObjectsFinal();
    end(provider);
  }

  /** 5.5, 8: without a login the certificate is there, and its public key by the same CKA_ID. */
  @Test
  void aCertificatesKeyIsFoundWithoutLogin() {
    Provider provider = new Provider(lab, 2);
    begin(provider);
    provider.openSession(Ck.SESSION_SERIAL);
    provider.findObjectsInit(Template.of().with(Ck.A_CLASS, Ck.O_CERTIFICATE));
    byte[] id = provider.attributes(provider.findObjects(1)[0], 16, Ck.A_ID)[0];
    provider.findObjectsFinal();
    provider.findObjectsInit(Template.of().with(Ck.A_CLASS, Ck.O_PUBLIC_KEY).with(Ck.A_ID, id));
    provider.findObjects(1);
    provider.findObjectsFinal();
    provider.login(Lab.PIN);
    provider.findObjectsInit(Template.of().with(Ck.A_CLASS, Ck.O_PRIVATE_KEY).with(Ck.A_ID, id));
    provider.findObjects(1);
    provider.findObjectsFinal();
    end(provider);
  }

  /** 2.3: the token says which profiles it meets, whoever asks. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void theProfilesThatAreClaimed(int minor) {
    Provider provider = new Provider(lab, minor);
    begin(provider);
    provider.openSession(Ck.SESSION_SERIAL);
    provider.findObjectsInit(Template.of().with(Ck.A_CLASS, Ck.O_PROFILE));
    long[] profiles = provider.findObjects(3);
    assertArrayEquals(
        new long[] {1, 2, 3}, // CKP_BASELINE_PROVIDER, …EXTENDED_PROVIDER, …AUTHENTICATION_TOKEN
        Arrays.stream(profiles).map(each -> number(provider, each, Ck.A_PROFILE_ID)).toArray());
    provider.findObjectsFinal();
    for (long profile : profiles) {
      assertEquals(1, provider.attributes(profile, 8, Ck.A_TOKEN)[0][0]);
      assertEquals(0, provider.attributes(profile, 8, Ck.A_PRIVATE)[0][0]);
      assertEquals(0, provider.attributes(profile, 8, Ck.A_MODIFIABLE)[0][0]);
    }
    end(provider);
  }

  /** What every case begins with. */
  private static void begin(Provider provider) {
    provider.initialize();
    provider.getInfo();
    assertTrue(provider.slotListLength() > 0);
    provider.slotList("token1");
  }

  /** What every case ends with. */
  private static void end(Provider provider) {
    provider.closeSession();
    provider.closeAllSessions();
    provider.finish();
  }

  private static Template labelled(String label, long objectClass) {
    return Template.of()
        .with(Ck.A_TOKEN, true)
        .with(Ck.A_LABEL, label)
        .with(Ck.A_CLASS, objectClass);
  }

  private static long number(Provider provider, long object, long type) {
    return ByteBuffer.wrap(provider.attributes(object, 8, type)[0])
        .order(ByteOrder.nativeOrder())
        .getLong();
  }
}
