package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.command.EvictControl;
import dev.tpm2token.tpm.command.Sign;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import dev.tpm2token.tpm.structure.TpmsPcrSelection;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSignature;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Keys that want more than their authValue, and keys that the TPM keeps. */
@Tag("swtpm")
class PolicyTest {
  private static final byte[] AUTH =
      "a key's authValue, 32 bytes long".getBytes(StandardCharsets.US_ASCII);

  /** PCR 16 is there for trying things: anybody may extend and reset it. */
  private static final TpmlPcrSelection PCRS =
      new TpmlPcrSelection(List.of(new TpmsPcrSelection(TpmAlgId.SHA256, Set.of(7, 16))));

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

  private Policy policy() {
    return Policy.ofPcrsAndAuthValue(
        PCRS, device.call(tpm -> Pcrs.digest(tpm, PCRS, TpmAlgId.SHA256)));
  }

  private KeyBlob key(Parent parent, Policy policy) {
    return device.call(
        tpm ->
            tpm.create(
                parent,
                new TpmsSensitiveCreate(AUTH, new byte[0]),
                Templates.P256.underPolicy(policy.digest(TpmAlgId.SHA256))));
  }

  private TpmtSignature sign(Key key, Parent salt, byte[] auth, Policy policy) {
    return device.call(
        tpm ->
            tpm.execute(
                new Sign(tpm.load(key), new byte[32], TpmtScheme.ecdsa(TpmAlgId.SHA256)),
                tpm.authorize(salt, auth, policy)));
  }

  @Test
  void aKeyBoundToPcrs() {
    Parent parent = storageRoot();
    Policy policy = policy();
    KeyBlob key = key(parent, policy);
    sign(key, parent, AUTH, policy);
    bus.clear();
    sign(key, parent, AUTH, policy);
    assertEquals(
        List.of(TpmCc.PolicyPCR, TpmCc.PolicyAuthValue, TpmCc.Sign).stream()
            .map(TpmCc::value)
            .toList(),
        bus.codes());
    assertFalse(bus.saw(AUTH));
    assertThrows(TpmResponseException.class, () -> sign(key, parent, new byte[32], policy));
    assertThrows(TpmResponseException.class, () -> sign(key, parent, AUTH, Policy.NONE));
    assertDoesNotThrow(() -> sign(key, parent, AUTH, policy));
  }

  @Test
  void andAfterThePcrsHaveChanged() {
    Parent parent = storageRoot();
    Policy policy = policy();
    KeyBlob key = key(parent, policy);
    sign(key, parent, AUTH, policy);
    swtpm.tool("tpm2_pcrextend", "16:sha256=" + "5a".repeat(32));
    TpmResponseException e =
        assertThrows(TpmResponseException.class, () -> sign(key, parent, AUTH, policy));
    assertEquals(TpmCc.PolicyPCR, e.command());
    assertTrue(e.is(TpmRc.VALUE), e::toString);
    swtpm.tool("tpm2_pcrreset", "16");
    assertDoesNotThrow(() -> sign(key, parent, AUTH, policy));
  }

  @Test
  void aKeyThatTheTpmKeeps() {
    Parent parent = storageRoot();
    TpmHandle handle = new TpmHandle(0x8100_0042);
    KeyBlob blob =
        device.call(
            tpm -> tpm.create(parent, new TpmsSensitiveCreate(AUTH, new byte[0]), Templates.P256));
    device.call(
        tpm ->
            tpm.execute(
                new EvictControl(TpmHandle.OWNER, tpm.load(blob), handle),
                tpm.hierarchy(new byte[0])));
    Key kept = new PersistentKey(handle, blob.publicArea());
    sign(kept, parent, AUTH, Policy.NONE);
    assertThrows(TpmResponseException.class, () -> sign(kept, parent, new byte[0], Policy.NONE));
  }

  /** As a key file may have it: whoever reads one is told of it there. */
  @Test
  void refusesAMalformedAssertionWhenItIsMade() {
    byte[] cut = {0, 32, 1, 2, 3};
    assertThrows(IllegalArgumentException.class, () -> new Policy.Step(TpmCc.PolicyPCR, cut));
    assertThrows(
        IllegalArgumentException.class, () -> Policy.Step.of(TpmCc.PolicyPCR.value(), cut));
  }
}
