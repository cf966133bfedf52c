package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.session.Wrapped;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import dev.tpm2token.tpm.structure.TpmsAttest;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a TPM says of a key, and that it is the TPM which has the endorsement key. */
@Tag("swtpm")
class EndorsementTest {
  private static final byte[] AUTH =
      "a key's authValue, 32 bytes long".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NONCE = "asked just now".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_PASSWORD = {};

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

  private KeyBlob key(Policy policy) {
    Parent parent =
        device.call(
            tpm -> tpm.provision(TpmHandle.STORAGE_ROOT_KEY, ParentTemplate.ECC_STORAGE_ROOT));
    TpmtPublic template =
        policy.isNone()
            ? Templates.P256
            : Templates.P256.underPolicy(policy.digest(Templates.P256.nameAlg()));
    return device.call(
        tpm -> tpm.create(parent, new TpmsSensitiveCreate(AUTH, new byte[0]), template));
  }

  private Endorsement.Certification certify(Endorsement.Kind kind, KeyBlob key) {
    return device.call(
        tpm -> new Endorsement(tpm, NO_PASSWORD).certify(kind, key, key.parent(), AUTH, NONCE));
  }

  @ParameterizedTest
  @EnumSource
  void certifiesAKey(Endorsement.Kind kind) {
    KeyBlob key = key(Policy.NONE);
    Endorsement.Certification made = certify(kind, key);
    TpmsAttest said = TpmReader.readAll(made.certifyInfo(), TpmsAttest::read);
    assertArrayEquals(key.name().value(), said.name());
    assertArrayEquals(NONCE, said.extraData());
    assertEquals(made.attestationKey(), certify(kind, key).attestationKey(), "it is always there");
  }

  @Test
  void certifiesAKeyBoundToPcrs() {
    Policy policy = Policy.ofPcrsAndAuthValue(new TpmlPcrSelection(List.of()), new byte[32]);
    KeyBlob key = key(policy);
    assertArrayEquals(
        key.name().value(),
        TpmReader.readAll(certify(Endorsement.Kind.ECC, key).certifyInfo(), TpmsAttest::read)
            .name());
  }

  @ParameterizedTest
  @EnumSource
  void givesOutWhatWasWrappedForIt(Endorsement.Kind kind) {
    TpmtPublic signer = certify(kind, key(Policy.NONE)).attestationKey();
    TpmtPublic endorsed =
        device.call(tpm -> new Endorsement(tpm, NO_PASSWORD).endorsementKey(kind));
    byte[] secret = "a secret for this TPM alone".getBytes(StandardCharsets.US_ASCII);
    Wrapped credential = Wrapped.credential(endorsed, signer.name(), secret, new SecureRandom());
    assertArrayEquals(secret, activate(kind, credential));
    Wrapped forAnother = Wrapped.credential(endorsed, endorsed.name(), secret, new SecureRandom());
    TpmResponseException e =
        assertThrows(TpmResponseException.class, () -> activate(kind, forAnother));
    assertTrue(e.is(TpmRc.INTEGRITY), e::toString);
    assertArrayEquals(secret, activate(kind, credential));
  }

  private byte[] activate(Endorsement.Kind kind, Wrapped credential) {
    return device.call(
        tpm ->
            new Endorsement(tpm, NO_PASSWORD)
                .activate(kind, credential.contents(), credential.encryptedSeed()));
  }

  @Test
  void thePasswordOfTheHierarchyDoesNotCrossTheBus() {
    byte[] password = "endorsement password".getBytes(StandardCharsets.US_ASCII);
    device.call(
        tpm -> {
          new Administration(tpm).changeAuth(TpmHandle.ENDORSEMENT, NO_PASSWORD, password);
          return 0;
        });
    KeyBlob key = key(Policy.NONE);
    assertThrows(TpmResponseException.class, () -> certify(Endorsement.Kind.ECC, key));
    device.call(
        tpm ->
            new Endorsement(tpm, password)
                .certify(Endorsement.Kind.ECC, key, key.parent(), AUTH, NONCE));
    TpmtPublic endorsed =
        device.call(tpm -> new Endorsement(tpm, password).endorsementKey(Endorsement.Kind.ECC));
    assertEquals(endorsed.type(), endorsed.parameters().type());
    assertTrue(!bus.saw(password) && !bus.saw(AUTH));
  }

  @Test
  void readsTheCertificateThatTheMakerLeft() {
    assertEquals(
        Optional.empty(),
        device.call(tpm -> new Endorsement(tpm, NO_PASSWORD).certificate(Endorsement.Kind.ECC)));
    byte[] left = new byte[1300];
    new Random(1).nextBytes(left);
    swtpm.write("certificate", left);
    swtpm.tool(
        "tpm2_nvdefine",
        "-C",
        "o",
        "-s",
        "1300",
        "-a",
        "authread|ownerwrite|ownerread",
        "0x1c0000a");
    swtpm.tool("tpm2_nvwrite", "-C", "o", "-i", "certificate", "0x1c0000a");
    assertArrayEquals(
        left,
        device
            .call(tpm -> new Endorsement(tpm, NO_PASSWORD).certificate(Endorsement.Kind.ECC))
            .orElseThrow());
  }
}
