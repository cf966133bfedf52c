package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.command.ECDH_ZGen;
import dev.tpm2token.tpm.command.EncryptDecrypt2;
import dev.tpm2token.tpm.command.GetRandom;
import dev.tpm2token.tpm.command.HMAC_Start;
import dev.tpm2token.tpm.command.RSA_Decrypt;
import dev.tpm2token.tpm.command.SequenceComplete;
import dev.tpm2token.tpm.command.SequenceUpdate;
import dev.tpm2token.tpm.command.Sign;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.command.Unseal;
import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSensitive;
import dev.tpm2token.tpm.structure.TpmtSignature;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole way to a real (software) TPM. */
@Tag("swtpm")
class SwtpmTest {
  private static final byte[] AUTH =
      "a key's authValue, 32 bytes long".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SECRET =
      "the token key is sealed in here!".getBytes(StandardCharsets.US_ASCII);

  private SwtpmProcess swtpm;
  private RecordingTransport bus;
  private TpmDevice device;

  @BeforeEach
  void start() {
    swtpm = SwtpmProcess.start();
    bus = new RecordingTransport(swtpm.tcti());
    device = new TpmDevice(bus, LeasePolicy.DEFAULT);
  }

  @AfterEach
  void stop() {
    device.close();
    swtpm.close();
  }

  private Parent storageRoot() {
    return device.call(
        tpm -> tpm.provision(TpmHandle.STORAGE_ROOT_KEY, ParentTemplate.ECC_STORAGE_ROOT));
  }

  private KeyBlob sealed(Parent parent) {
    return device.call(
        tpm -> tpm.create(parent, new TpmsSensitiveCreate(AUTH, SECRET), Templates.SEALED));
  }

  private KeyBlob key(Parent parent, TpmtPublic template) {
    return device.call(
        tpm -> tpm.create(parent, new TpmsSensitiveCreate(AUTH, new byte[0]), template));
  }

  private byte[] unseal(KeyBlob sealed, byte[] auth) {
    return device.call(
        tpm -> tpm.execute(new Unseal(tpm.load(sealed)), tpm.authorize(sealed.parent(), auth)));
  }

  private TpmtSignature sign(KeyBlob key, TpmtScheme scheme) {
    return device.call(
        tpm ->
            tpm.execute(
                new Sign(tpm.load(key), Hash.of(TpmAlgId.SHA256, SECRET), scheme),
                tpm.authorize(key.parent(), AUTH)));
  }

  @Test
  void signsWithRsa() {
    for (ParentTemplate template :
        List.of(ParentTemplate.ECC_STORAGE_ROOT, ParentTemplate.RSA_STORAGE_ROOT)) {
      TpmHandle handle = new TpmHandle(0x8100_0010 + template.publicArea().type().value());
      Parent parent = device.call(tpm -> tpm.provision(handle, template));
      KeyBlob key = key(parent, Templates.RSA_2048);
      TpmtSignature.Rsa signature =
          (TpmtSignature.Rsa) sign(key, TpmtScheme.rsassa(TpmAlgId.SHA256));
      RSADigestSigner verifier = new RSADigestSigner(new SHA256Digest());
      verifier.init(false, rsa(key));
      verifier.update(SECRET, 0, SECRET.length);
      assertTrue(verifier.verifySignature(signature.signature()), template::toString);
    }
  }

  private static RSAKeyParameters rsa(KeyBlob key) {
    TpmuPublicId.Rsa unique = (TpmuPublicId.Rsa) key.publicArea().unique();
    return new RSAKeyParameters(
        false, new BigInteger(1, unique.modulus()), BigInteger.valueOf(65537));
  }

  @Test
  void signsWithEcdsa() {
    KeyBlob key = key(storageRoot(), Templates.P256);
    TpmtSignature.Ecc signature = (TpmtSignature.Ecc) sign(key, TpmtScheme.ecdsa(TpmAlgId.SHA256));
    X9ECParameters curve = CustomNamedCurves.getByName("secp256r1");
    TpmsEccPoint point = ((TpmuPublicId.Ecc) key.publicArea().unique()).point();
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(
        false,
        new ECPublicKeyParameters(
            curve
                .getCurve()
                .createPoint(new BigInteger(1, point.x()), new BigInteger(1, point.y())),
            new ECDomainParameters(curve)));
    assertTrue(
        verifier.verifySignature(
            Hash.of(TpmAlgId.SHA256, SECRET),
            new BigInteger(1, signature.signatureR()),
            new BigInteger(1, signature.signatureS())));
  }

  /** The private key 1, whose public point is the generator. */
  @Test
  void importsAKey() {
    X9ECParameters curve = CustomNamedCurves.getByName("secp256r1");
    TpmsEccPoint generator =
        new TpmsEccPoint(
            curve.getG().getAffineXCoord().getEncoded(),
            curve.getG().getAffineYCoord().getEncoded());
    TpmtPublic publicArea =
        TpmtPublic.template(
                ObjectAttributes.of(
                    ObjectAttributes.USER_WITH_AUTH,
                    ObjectAttributes.DECRYPT,
                    ObjectAttributes.SIGN_ENCRYPT),
                Templates.P256.parameters())
            .withUnique(new TpmuPublicId.Ecc(generator));
    byte[] one = new byte[32];
    one[31] = 1;
    for (Parent parent : List.of(storageRoot(), rsaParent())) {
      KeyBlob key =
          device.call(
              tpm ->
                  tpm.importKey(
                      parent, publicArea, new TpmtSensitive(TpmAlgId.ECC, AUTH, new byte[0], one)));
      KeyBlob other = key(parent, Templates.P256);
      TpmsEccPoint theirs = ((TpmuPublicId.Ecc) other.publicArea().unique()).point();
      assertEquals(
          new BigInteger(1, theirs.x()), new BigInteger(1, agree(key, other)), "Z is their point");
    }
  }

  private Parent rsaParent() {
    return device.call(
        tpm -> tpm.provision(new TpmHandle(0x8100_0002), ParentTemplate.RSA_STORAGE_ROOT));
  }

  @Test
  void doesRawRsa() {
    KeyBlob key = key(storageRoot(), Templates.RSA_2048);
    byte[] input = new byte[256];
    Arrays.fill(input, 1, 256, (byte) 0x5A);
    byte[] output =
        device.call(
            tpm ->
                tpm.execute(
                    new RSA_Decrypt(tpm.load(key), input, TpmtScheme.NULL, new byte[0]),
                    tpm.authorize(key.parent(), AUTH)));
    RSAKeyParameters rsa = rsa(key);
    assertEquals(
        new BigInteger(1, input),
        new BigInteger(1, output).modPow(rsa.getExponent(), rsa.getModulus()));
  }

  @Test
  void agreesByEcdh() {
    Parent parent = storageRoot();
    KeyBlob key = key(parent, Templates.P256);
    KeyBlob other = key(parent, Templates.P256);
    assertArrayEquals(agree(key, other), agree(other, key));
  }

  private byte[] agree(KeyBlob key, KeyBlob other) {
    TpmsEccPoint point = ((TpmuPublicId.Ecc) other.publicArea().unique()).point();
    return device.call(
        tpm ->
            tpm.execute(new ECDH_ZGen(tpm.load(key), point), tpm.authorize(key.parent(), AUTH))
                .x());
  }

  @Test
  void unsealsAndNoSecretCrossesTheBus() {
    KeyBlob sealed = sealed(storageRoot());
    assertArrayEquals(SECRET, unseal(sealed, AUTH));
    assertFalse(bus.saw(SECRET));
    assertFalse(bus.saw(AUTH));
  }

  @Test
  void nothingOfASecretKeysDataCrossesTheBus() throws GeneralSecurityException {
    Parent parent = storageRoot();
    byte[] secret = Arrays.copyOf(SECRET, 16);
    byte[] data = Hash.of(TpmAlgId.SHA512, SECRET);
    SecretKeySpec key = new SecretKeySpec(secret, "AES");

    KeyBlob hmac = given(parent, secret, Templates.HMAC);
    byte[] mac = device.call(tpm -> sequence(tpm, hmac, data));
    Mac expected = Mac.getInstance("HmacSHA256");
    expected.init(key);
    expected.update(data);
    assertArrayEquals(expected.doFinal(data), mac);

    KeyBlob aes = given(parent, secret, Templates.AES_128);
    EncryptDecrypt2.Response encrypted =
        device.call(
            tpm ->
                tpm.execute(
                    new EncryptDecrypt2(tpm.load(aes), data, false, TpmAlgId.ECB, new byte[0]),
                    tpm.authorize(parent, AUTH)));
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key);
    assertArrayEquals(cipher.doFinal(data), encrypted.outData());

    for (byte[] each : List.of(secret, data, mac, encrypted.outData())) {
      assertFalse(bus.saw(each));
    }
  }

  private KeyBlob given(Parent parent, byte[] secret, TpmtPublic template) {
    return device.call(tpm -> tpm.create(parent, new TpmsSensitiveCreate(AUTH, secret), template));
  }

  private static byte[] sequence(Tpm tpm, KeyBlob key, byte[] data) {
    TpmHandle sequence =
        tpm.execute(
                new HMAC_Start(tpm.load(key), new byte[0], TpmAlgId.SHA256),
                tpm.authorize(key.parent(), AUTH))
            .sequenceHandle();
    tpm.execute(new SequenceUpdate(sequence, data), tpm.authorize(key.parent(), new byte[0]));
    return tpm.execute(
        new SequenceComplete(sequence, data), tpm.authorize(key.parent(), new byte[0]));
  }

  @Test
  void countsWrongAuthorizations() {
    KeyBlob sealed = sealed(storageRoot());
    TpmResponseException e =
        assertThrows(
            TpmResponseException.class,
            () -> unseal(sealed, "wrong".getBytes(StandardCharsets.US_ASCII)));
    assertTrue(e.is(TpmRc.AUTH_FAIL), e::toString);
    assertEquals(TpmRc.Kind.SESSION, e.rc().kind());
    assertEquals(1, e.rc().index());
    assertEquals(1, device.call(DictionaryAttack::read).lockoutCounter());
    assertArrayEquals(SECRET, unseal(sealed, AUTH), "the session is as good as before");
  }

  @Test
  void findsOutTamperedResponses() {
    KeyBlob sealed = sealed(storageRoot());
    bus.tamper =
        response -> {
          response[response.length - 1] ^= (byte) (response.length > 10 ? 1 : 0);
          return response;
        };
    assertThrows(TpmProtocolException.class, () -> unseal(sealed, AUTH));
  }

  @Test
  void takesFiveCommandsFromColdToASignature() {
    Parent parent = storageRoot();
    KeyBlob sealed = sealed(parent);
    KeyBlob key = key(parent, Templates.P256);
    // The first authorization that counts wrong ones is answered by TPM_RC_RETRY, once after each
    // startup: the TPM first notes in its memory that it may have to count.
    unseal(sealed, AUTH);
    device.close();
    bus.clear();
    device = new TpmDevice(bus, LeasePolicy.DEFAULT);
    device.call(
        tpm -> {
          tpm.execute(new Unseal(tpm.load(sealed)), tpm.authorize(parent, AUTH));
          return sign(key, TpmtScheme.ecdsa(TpmAlgId.SHA256));
        });
    assertEquals(
        List.of(TpmCc.StartAuthSession, TpmCc.Load, TpmCc.Unseal, TpmCc.Load, TpmCc.Sign).stream()
            .map(TpmCc::value)
            .toList(),
        bus.codes());
  }

  @Test
  void usesMoreKeysThanTheTpmHasSlots() {
    Parent parent = storageRoot();
    List<KeyBlob> keys = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      keys.add(key(parent, Templates.P256));
    }
    for (int round = 0; round < 2; round++) {
      keys.forEach(key -> sign(key, TpmtScheme.ecdsa(TpmAlgId.SHA256)));
    }
    assertTrue(bus.codes().contains(TpmCc.FlushContext.value()));
  }

  @Test
  void leavesNothingInTheTpm() {
    KeyBlob sealed = sealed(storageRoot());
    unseal(sealed, AUTH);
    device.close();
    try (TpmDevice other = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      assertEquals(List.of(), other.call(tpm -> tpm.handles(0x8000_0000)));
      assertEquals(List.of(), other.call(tpm -> tpm.handles(0x0200_0000)));
      assertEquals(List.of(), other.call(tpm -> tpm.handles(0x0300_0000)));
    }
  }

  @Test
  void givesTheTpmBackWhenIdle() {
    KeyBlob sealed = sealed(storageRoot());
    unseal(sealed, AUTH);
    LeasePolicy impatient =
        new LeasePolicy(Duration.ofMillis(75), Duration.ofMillis(250), true, Duration.ofSeconds(5));
    try (TpmDevice other = new TpmDevice(swtpm.tcti(), impatient)) {
      assertEquals(16, other.call(tpm -> tpm.execute(new GetRandom(16))).length);
    }
    assertArrayEquals(SECRET, unseal(sealed, AUTH));
    assertTrue(bus.opened >= 2);
  }

  @Test
  void keepsAParentInAHierarchy() {
    Parent parent = device.call(tpm -> tpm.readParent(TpmHandle.OWNER));
    KeyBlob sealed = sealed(parent);
    device.close();
    device = new TpmDevice(bus, LeasePolicy.DEFAULT);
    assertArrayEquals(SECRET, unseal(sealed, AUTH));
  }

  @Test
  void probesCapabilities() {
    Capabilities capabilities = device.call(Capabilities::probe);
    assertEquals("IBM", capabilities.manufacturer());
    assertTrue(capabilities.rsaKeyBits().contains(2048));
    assertTrue(capabilities.has(TpmCc.Unseal));
    assertTrue(capabilities.has(TpmAlgId.ECDSA));
    assertEquals(ParentTemplate.ECC_STORAGE_ROOT, ParentTemplate.storageRoot(capabilities));
  }
}
