package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.command.GetRandom;
import dev.tpm2token.tpm.command.Sign;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.command.Unseal;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.transport.Transport;
import dev.tpm2token.tpm.transport.TransportSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The TPM is lost between any two commands, and found again. */
@Tag("swtpm")
class RecoveryTest {
  private static final byte[] AUTH =
      "an authValue of thirty-two bytes".getBytes(StandardCharsets.US_ASCII);
  private static final TpmtPublic KEY = with(Templates.P256, ObjectAttributes.NO_DA);

  private SwtpmProcess swtpm;
  private Cutter bus;
  private TpmDevice device;
  private Parent parent;
  private KeyBlob key;

  /** Cuts the connection at certain commands, before or after the TPM has had them. */
  private static final class Cutter implements TransportSource {
    private final TransportSource below;
    private IntPredicate before = number -> false;
    private IntPredicate after = number -> false;
    private int sent;
    private int code;
    private @Nullable Transport open;

    private Cutter(TransportSource below) {
      this.below = below;
    }

    private Transport open() {
      return Objects.requireNonNull(open);
    }

    @Override
    public boolean exclusive() {
      return below.exclusive();
    }

    @Override
    public Transport open(Duration patience) {
      Transport transport = below.open(patience);
      open = transport;
      return new Transport() {
        @Override
        public byte[] transmit(byte[] command) {
          code = ByteBuffer.wrap(command).getInt(6);
          int number = ++sent;
          cutIf(before.test(number));
          byte[] response = transport.transmit(command);
          cutIf(after.test(number));
          return response;
        }

        private void cutIf(boolean cut) {
          if (cut) {
            transport.close();
            throw new TpmTransportException("cut");
          }
        }

        @Override
        public void close() {
          transport.close();
        }
      };
    }
  }

  private static TpmtPublic with(TpmtPublic template, int attribute) {
    return TpmtPublic.template(template.objectAttributes().with(attribute), template.parameters());
  }

  @BeforeEach
  void start() {
    swtpm = SwtpmProcess.start();
    bus = new Cutter(swtpm.tcti());
    device = new TpmDevice(bus, LeasePolicy.DEFAULT);
    parent =
        device.call(
            tpm -> tpm.provision(TpmHandle.STORAGE_ROOT_KEY, ParentTemplate.ECC_STORAGE_ROOT));
    key = key(KEY);
  }

  @AfterEach
  void stop() {
    device.close();
    swtpm.close();
  }

  private KeyBlob key(TpmtPublic template) {
    return device.call(
        tpm -> tpm.create(parent, new TpmsSensitiveCreate(AUTH, new byte[0]), template));
  }

  private void sign(KeyBlob with) {
    device.call(
        tpm ->
            tpm.execute(
                new Sign(tpm.load(with), new byte[32], TpmtScheme.ecdsa(TpmAlgId.SHA256)),
                tpm.authorize(parent, AUTH)));
  }

  private void assertNothingOfOurs(int lost) {
    device.close();
    device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT);
    int objects = device.call(tpm -> tpm.handles(0x8000_0000)).size();
    int sessions = device.call(tpm -> tpm.handles(0x0200_0000)).size();
    assertTrue(objects + sessions <= lost, objects + " objects, " + sessions + " sessions");
  }

  @Test
  void signsAgainWhenTheTpmWasRestarted() {
    sign(key);
    swtpm.restart();
    sign(key);
    assertNothingOfOurs(0);
  }

  /** From cold, a signature is StartAuthSession, Load and Sign. */
  @Test
  void signsWhereverTheConnectionIsCut() {
    for (int at = 1; at <= 3; at++) {
      for (boolean answered : List.of(false, true)) {
        device.close();
        device = new TpmDevice(bus, LeasePolicy.DEFAULT);
        int cutAt = bus.sent + at;
        bus.before = number -> !answered && number == cutAt;
        bus.after = number -> answered && number == cutAt;
        sign(key);
        assertTrue(bus.sent > cutAt);
      }
    }
    assertNothingOfOurs(2); // whose handles were in the answers that were cut off
  }

  @Test
  void signsWhereverTheTpmIsReset() {
    for (int at = 1; at <= 3; at++) {
      device.close();
      device = new TpmDevice(bus, LeasePolicy.DEFAULT);
      int resetAt = bus.sent + at;
      bus.before =
          number -> {
            if (number == resetAt) {
              swtpm.restart();
            }
            return false;
          };
      sign(key);
      assertTrue(bus.sent > resetAt);
    }
    assertNothingOfOurs(0);
  }

  @Test
  void givesUpOnATpmThatIsLostAgainAndAgain() {
    bus.before = number -> true;
    int before = bus.sent;
    assertThrows(TpmTransportException.class, () -> sign(key));
    assertEquals(4, bus.sent - before);
    bus.before = number -> false;
    sign(key);
  }

  /** A wrong PIN is counted once, and so is one whose answer was lost. */
  @Test
  void neverTriesAPinTwice() {
    KeyBlob sealed =
        device.call(
            tpm -> tpm.create(parent, new TpmsSensitiveCreate(AUTH, AUTH), Templates.SEALED));
    assertThrows(
        TpmResponseException.class, () -> unseal(sealed, new byte[] {1})); // so that it counts
    bus.after = number -> bus.code == TpmCc.Unseal.value();
    assertThrows(TpmTransportException.class, () -> unseal(sealed, new byte[] {2}));
    bus.after = number -> false;
    assertEquals(2, device.call(DictionaryAttack::read).lockoutCounter());
    int cutAt = bus.sent + 1;
    bus.before = number -> number == cutAt; // before the PIN is sent
    assertArrayEquals(AUTH, unseal(sealed, AUTH));
  }

  private byte[] unseal(KeyBlob sealed, byte[] auth) {
    return device.call(
        tpm -> tpm.execute(new Unseal(tpm.load(sealed)), tpm.authorize(parent, auth)));
  }

  @Test
  void neverMakesAKeyTwice() {
    bus.after = number -> bus.code == TpmCc.Create.value();
    int before = bus.sent;
    assertThrows(TpmTransportException.class, () -> key(KEY));
    assertTrue(bus.sent - before <= 2);
  }

  /** As after a reset behind a connection that stays, like a resource manager's. */
  @Test
  void loadsAgainWhatTheTpmHasLost() {
    for (int lost : new int[] {0x8000_0000, 0x0200_0000}) {
      sign(key);
      bus.before =
          number -> {
            bus.before = any -> false;
            assertTrue(IntStream.range(lost, lost + 3).filter(this::flush).count() > 0);
            return false;
          };
      sign(key);
    }
  }

  /** Behind the device's back; whether there was anything at the handle. */
  private boolean flush(int handle) {
    byte[] command =
        ByteBuffer.allocate(14)
            .putShort((short) 0x8001)
            .putInt(14)
            .putInt(TpmCc.FlushContext.value())
            .putInt(handle)
            .array();
    return ByteBuffer.wrap(bus.open().transmit(command)).getInt(6) == 0;
  }

  @Test
  void doesNotWaitForATpmThatHangs() throws IOException, InterruptedException {
    LeasePolicy impatient =
        new LeasePolicy(Duration.ofMillis(75), Duration.ofMillis(250), true, Duration.ofSeconds(2));
    try (TpmDevice hanging = new TpmDevice(swtpm.tcti(), impatient)) {
      device.close();
      hanging.call(tpm -> tpm.execute(new GetRandom(8)));
      signal("STOP");
      assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () ->
              assertThrows(
                  TpmTransportException.class,
                  () -> hanging.call(tpm -> tpm.execute(new GetRandom(8)))));
      signal("CONT");
      assertEquals(8, hanging.call(tpm -> tpm.execute(new GetRandom(8))).length);
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(swtpm.pid())).start().waitFor();
  }
}
