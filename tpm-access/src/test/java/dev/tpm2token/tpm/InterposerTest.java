package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.session.Kdf;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import dev.tpm2token.tpm.wire.TpmReader;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Somebody on the bus who answers with a key of their own, of the type that was asked for, and then
 * opens what was meant for the TPM alone.
 */
@Tag("swtpm")
class InterposerTest {
  private static final byte[] NONE = {};
  private static final byte[] PASSWORD = "a new password".getBytes(StandardCharsets.US_ASCII);
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256r1");
  private static final BigInteger THEIR_KEY = BigInteger.valueOf(0x1234_5678_9ABC_DEFL);
  private static final ECPoint THEIRS = CURVE.getG().multiply(THEIR_KEY).normalize();

  private SwtpmProcess swtpm;
  private RecordingTransport bus;
  private Parent storageKey;

  @BeforeEach
  void start() {
    swtpm = SwtpmProcess.start();
    bus = new RecordingTransport(swtpm.tcti());
    try (TpmDevice device = new TpmDevice(bus, LeasePolicy.DEFAULT)) {
      storageKey =
          device.call(
              tpm -> tpm.provision(TpmHandle.STORAGE_ROOT_KEY, ParentTemplate.ECC_STORAGE_ROOT));
    }
    bus.clear();
  }

  @AfterEach
  void stop() {
    swtpm.close();
  }

  private TpmDevice device(KnownParents known) {
    return new TpmDevice(bus, LeasePolicy.DEFAULT, Passwords.NONE, known);
  }

  private static TpmtPublic swapped(TpmtPublic publicArea) {
    return publicArea.withUnique(
        new TpmuPublicId.Ecc(
            new TpmsEccPoint(
                THEIRS.getAffineXCoord().getEncoded(), THEIRS.getAffineYCoord().getEncoded())));
  }

  /** In the answers to a command, another point; and the Name that goes with it. */
  private void swap(TpmCc in, int at) {
    bus.tamper =
        response -> {
          if (bus.codes().getLast() != in.value() || ByteBuffer.wrap(response).getInt(6) != 0) {
            return response;
          }
          int size = ByteBuffer.wrap(response).getShort(at);
          byte[] area = Arrays.copyOfRange(response, at + 2, at + 2 + size);
          TpmtPublic real = TpmReader.readAll(area, TpmtPublic::read);
          TpmtPublic other = swapped(real);
          put(response, real.marshal(), other.marshal());
          put(response, real.name().value(), other.name().value());
          return response;
        };
  }

  private static void put(byte[] into, byte[] place, byte[] bytes) {
    for (int i = 0; i + place.length <= into.length; i++) {
      if (Arrays.equals(into, i, i + place.length, place, 0, place.length)) {
        System.arraycopy(bytes, 0, into, i, bytes.length);
        return;
      }
    }
    throw new AssertionError("it is not there");
  }

  /** What they learn of the new password in HierarchyChangeAuth, if their key opens the salt. */
  private Optional<byte[]> overheard() {
    int start = bus.codes().indexOf(TpmCc.StartAuthSession.value());
    int change = bus.codes().indexOf(TpmCc.HierarchyChangeAuth.value());
    if (start < 0 || change < 0) {
      return Optional.empty();
    }
    ByteBuffer sent = ByteBuffer.wrap(bus.commands.get(start)).position(10 + 2 * 4);
    byte[] nonceCaller = sized(sent);
    TpmsEccPoint point = TpmReader.readAll(sized(sent), TpmsEccPoint::read);
    byte[] nonceTpm = sized(ByteBuffer.wrap(bus.responses.get(start)).position(10 + 4));
    ECPoint ours =
        CURVE.getCurve().createPoint(new BigInteger(1, point.x()), new BigInteger(1, point.y()));
    byte[] salt =
        Kdf.e(
            TpmAlgId.SHA256,
            ours.multiply(THEIR_KEY).normalize().getAffineXCoord().getEncoded(),
            "SECRET",
            point.x(),
            THEIRS.getAffineXCoord().getEncoded(),
            256);
    ByteBuffer changing = ByteBuffer.wrap(bus.commands.get(change)).position(10 + 3 * 4);
    byte[] nonce = sized(changing);
    changing.get(); // the session's attributes
    sized(changing); // and its HMAC
    byte[] sessionKey = Kdf.a(TpmAlgId.SHA256, salt, "ATH", nonceTpm, nonceCaller, 256);
    byte[] keyAndIv = Kdf.a(TpmAlgId.SHA256, sessionKey, "CFB", nonce, nonceTpm, 256);
    try {
      Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          new SecretKeySpec(keyAndIv, 0, 16, "AES"),
          new IvParameterSpec(keyAndIv, 16, 16));
      return Optional.of(cipher.doFinal(sized(changing)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] sized(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort()];
    in.get(bytes);
    return bytes;
  }

  private static int setPassword(Tpm tpm) {
    new Administration(tpm).changeAuth(TpmHandle.OWNER, NONE, PASSWORD);
    return 0;
  }

  private boolean hasPassword() {
    bus.tamper = response -> response;
    try (TpmDevice device = device(KnownParents.NONE)) {
      return device.call(tpm -> new Administration(tpm).hasPassword(TpmHandle.OWNER));
    }
  }

  /** What docs/threat-model.md says of the first time: the bus is trusted. */
  @Test
  void learnsAPasswordWhereNoStorageKeyIsKnown() {
    swap(TpmCc.CreatePrimary, 18);
    try (TpmDevice device = device(KnownParents.NONE)) {
      assertThrows(TpmException.class, () -> device.call(InterposerTest::setPassword));
    }
    assertArrayEquals(PASSWORD, overheard().orElseThrow());
  }

  @Test
  void learnsNoneWhereOneIs() {
    swap(TpmCc.CreatePrimary, 18);
    try (TpmDevice device = device(() -> List.of(storageKey))) {
      device.call(InterposerTest::setPassword);
      assertFalse(Arrays.equals(PASSWORD, overheard().orElseThrow()));
      bus.tamper = response -> response;
      TpmHandle second = new TpmHandle(0x8100_0002);
      device.call(tpm -> tpm.provision(second, ParentTemplate.ECC_STORAGE_ROOT, PASSWORD));
    }
    assertTrue(hasPassword());
    assertEquals(1, Collections.frequency(bus.codes(), TpmCc.CreatePrimary.value()));
  }

  @Test
  void isFoundOutWhereItAnswersForTheKnownOne() {
    swap(TpmCc.ReadPublic, 10);
    try (TpmDevice device = device(() -> List.of(storageKey))) {
      TpmProtocolException e =
          assertThrows(TpmProtocolException.class, () -> device.call(InterposerTest::setPassword));
      assertTrue(e.getMessage().contains("0x81000001"), e::getMessage);
      assertEquals(-1, bus.codes().indexOf(TpmCc.HierarchyChangeAuth.value()));
      assertThrows(
          TpmProtocolException.class,
          () -> device.call(tpm -> tpm.checked(tpm.readParent(TpmHandle.STORAGE_ROOT_KEY))));
    }
    assertFalse(hasPassword());
  }

  @Test
  void takesWhatIsKnownAndWhatNobodyKnows() {
    try (TpmDevice device = device(() -> List.of(storageKey))) {
      assertEquals(
          storageKey, device.call(tpm -> tpm.checked(tpm.readParent(TpmHandle.STORAGE_ROOT_KEY))));
      Parent another = device.call(tpm -> tpm.checked(tpm.readParent(TpmHandle.OWNER)));
      assertNotEquals(storageKey, another);
    }
  }

  /** The TPM was cleared, or is another: its key is not the one that is known. */
  @Test
  void nothingIsToldToAnotherTpm() {
    Parent cleared = new Parent(TpmHandle.STORAGE_ROOT_KEY, swapped(storageKey.publicArea()));
    Parent gone = new Parent(new TpmHandle(0x8100_0009), storageKey.publicArea());
    for (List<Parent> known : List.of(List.of(cleared), List.of(gone))) {
      try (TpmDevice device = device(() -> known)) {
        assertThrows(TpmProtocolException.class, () -> device.call(InterposerTest::setPassword));
      }
    }
    try (TpmDevice device = device(() -> List.of(cleared, gone, storageKey))) {
      device.call(InterposerTest::setPassword); // a store of several TPMs' tokens
    }
    assertTrue(hasPassword());
  }
}
