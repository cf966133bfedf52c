package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.command.Sign;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.command.Unseal;
import dev.tpm2token.tpm.session.Salt;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.transport.TransportSource;
import dev.tpm2token.tpm.wire.TpmReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever a TPM, or who sits between, answers: a right result or a typed error, soon. More rounds
 * with -Dtpm2.token.rounds=10000.
 */
@Tag("swtpm")
class LyingTpmTest {
  private static final int ROUNDS = Integer.getInteger("tpm2.token.rounds", 300);
  private static final byte[] SECRET =
      "an authValue of thirty-two bytes".getBytes(StandardCharsets.US_ASCII);

  private SwtpmProcess swtpm;
  private RecordingTransport bus;
  private Parent parent;
  private KeyBlob sealed;
  private KeyBlob key;

  @BeforeEach
  void start() {
    swtpm = SwtpmProcess.start();
    bus = new RecordingTransport(swtpm.tcti());
    try (TpmDevice device = new TpmDevice(bus, LeasePolicy.DEFAULT)) {
      parent =
          device.call(
              tpm -> tpm.provision(TpmHandle.STORAGE_ROOT_KEY, ParentTemplate.ECC_STORAGE_ROOT));
      sealed = make(device, SECRET, Templates.SEALED);
      key = make(device, new byte[0], Templates.P256);
    }
  }

  @AfterEach
  void stop() {
    swtpm.close();
  }

  /** With noDA: lies and restarts would soon lock the TPM, and no lie would come through. */
  private KeyBlob make(TpmDevice device, byte[] secret, TpmtPublic template) {
    TpmtPublic unguarded =
        TpmtPublic.template(
            template.objectAttributes().with(ObjectAttributes.NO_DA), template.parameters());
    return device.call(
        tpm -> tpm.create(parent, new TpmsSensitiveCreate(SECRET, secret), unguarded));
  }

  /** A bit of everything; what comes back under an HMAC is right, if it comes back. */
  private void work(TransportSource source) {
    try (TpmDevice device = new TpmDevice(source, LeasePolicy.DEFAULT)) {
      device.call(Capabilities::probe);
      device.call(DictionaryAttack::read);
      device.call(tpm -> tpm.readParent(TpmHandle.STORAGE_ROOT_KEY));
      byte[] unsealed =
          device.call(
              tpm -> tpm.execute(new Unseal(tpm.load(sealed)), tpm.authorize(parent, SECRET)));
      assertArrayEquals(SECRET, unsealed);
      device.call(
          tpm ->
              tpm.execute(
                  new Sign(tpm.load(key), new byte[32], TpmtScheme.ecdsa(TpmAlgId.SHA256)),
                  tpm.authorize(parent, SECRET)));
      device.call(tpm -> tpm.readParent(TpmHandle.OWNER));
    }
  }

  private static byte[] error(int rc) {
    return ByteBuffer.allocate(10).putShort((short) 0x8001).putInt(10).putInt(rc).array();
  }

  private static byte[] sized(byte[] response) {
    return response.length < 6
        ? response
        : ByteBuffer.wrap(response).putInt(2, response.length).array();
  }

  /** A lie, made of a true response and of those before it. */
  private static byte[] lie(Random random, byte[] truth, List<byte[]> before) {
    int at = random.nextInt(truth.length);
    byte[] other = before.get(random.nextInt(before.size())).clone();
    byte[] changed = truth.clone();
    return switch (random.nextInt(9)) {
      case 0 -> Arrays.copyOf(truth, at);
      case 1 -> sized(Arrays.copyOf(truth, at));
      case 2 -> sized(Arrays.copyOf(truth, truth.length + 1 + random.nextInt(100)));
      case 3 -> Arrays.copyOf(truth, truth.length + 1 + random.nextInt(100));
      case 4 -> other; // replayed, reordered, or for another command
      case 5 -> {
        changed[at] = (byte) random.nextInt(256);
        yield changed;
      }
      case 6 -> {
        Arrays.fill(changed, at, Math.min(changed.length, at + 4), (byte) 0xFF);
        yield sized(changed);
      }
      case 7 -> {
        changed[changed.length - 1 - random.nextInt(Math.min(32, changed.length))] ^= 1; // HMAC
        yield changed;
      }
      default -> {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        yield sized(noise);
      }
    };
  }

  @Test
  void endsInATypedErrorOrTheRightResult() {
    int[] lies = new int[2];
    assertTimeoutPreemptively(
        Duration.ofSeconds(60 + ROUNDS / 4),
        () -> {
          for (int seed = 0; seed < ROUNDS; seed++) {
            if (seed % 20 == 0) {
              swtpm.restart(); // the lies before have left things in it
            }
            lies[tells(seed) ? 1 : 0]++;
          }
        });
    System.out.println("lies: " + lies[0] + " found out, " + lies[1] + " that made no difference");
    assertTrue(lies[0] > ROUNDS / 4);
    assertTrue(lies[1] > ROUNDS / 20, "the TPM does not recover from lies");
  }

  /** Whether all went well nevertheless. */
  private boolean tells(int seed) {
    Random random = new Random(seed);
    bus.clear();
    int[] until = {random.nextInt(26)};
    bus.tamper =
        response -> until[0]-- == 0 ? lie(random, response, List.copyOf(bus.responses)) : response;
    try {
      work(bus);
      return true;
    } catch (TpmException e) {
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  /** From some moment on, one and the same answer. */
  @Test
  void endsWhereOneErrorIsAllThereIs() {
    for (int rc : new int[] {0x902, 0x903, 0x901, 0x910, 0x918, 0x100, 0x9A2, 0x101, 0x120}) {
      for (int from : new int[] {0, 12, 14, 16, 18}) {
        swtpm.restart();
        bus.clear();
        bus.tamper = response -> bus.responses.size() > from ? error(rc) : response;
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> assertThrows(TpmException.class, () -> work(bus)),
            () -> "0x%X from %d".formatted(rc, from));
      }
    }
  }

  /** A TPM that says it is full, and shows objects of others for ever. */
  @Test
  void endsWhereATpmIsAlwaysFull() {
    bus.tamper =
        response -> {
          int code = bus.codes().getLast();
          if (code == TpmCc.Load.value() || code == TpmCc.CreatePrimary.value()) {
            return error(0x902);
          }
          if (code == TpmCc.FlushContext.value()) {
            return sized(new byte[] {(byte) 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0});
          }
          return response;
        };
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertThrows(TpmException.class, () -> work(bus)));
  }

  /** The first page again and again, and always more to come. */
  @Test
  void endsWhereAListNeverDoes() {
    Map<Integer, byte[]> first = new HashMap<>();
    bus.tamper =
        response -> {
          if (bus.codes().getLast() == TpmCc.GetCapability.value() && response.length > 10) {
            int capability = ByteBuffer.wrap(bus.commands.getLast()).getInt(10);
            byte[] page = first.computeIfAbsent(capability, any -> response).clone();
            page[10] = 1; // moreData
            return page;
          }
          return response;
        };
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertThrows(TpmException.class, () -> work(bus)));
  }

  /** A storage key that is well said and cannot be: its Name is right, its numbers are not. */
  @Test
  void takesNoStorageKeyThatCannotBe() {
    for (ParentTemplate template : List.of(ParentTemplate.ECC_H2, ParentTemplate.RSA_H1)) {
      TpmtPublic real;
      try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
        real = device.call(tpm -> tpm.primary(TpmHandle.OWNER, template)).publicArea();
      }
      for (int seed = 0; seed < 2000; seed++) {
        Random random = new Random(seed);
        byte[] wire = real.marshal();
        for (int i = random.nextInt(3); i >= 0; i--) {
          wire[random.nextInt(wire.length)] = (byte) random.nextInt(256);
        }
        believe(seed, wire);
      }
    }
  }

  private static void believe(int seed, byte[] publicArea) {
    try {
      TpmtPublic read = TpmReader.readAll(publicArea, TpmtPublic::read);
      byte[] name = read.name().value();
      assertTrue(name.length > 0);
      Salt.of(read, Salt.SECRET, new SecureRandom()).close();
    } catch (TpmProtocolException e) {
      // as it should
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
  }
}
