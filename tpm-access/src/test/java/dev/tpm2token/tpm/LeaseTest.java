package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.command.CreatePrimary;
import dev.tpm2token.tpm.command.GetRandom;
import dev.tpm2token.tpm.command.HierarchyChangeAuth;
import dev.tpm2token.tpm.command.ReadPublic;
import dev.tpm2token.tpm.command.Sign;
import dev.tpm2token.tpm.command.StartAuthSession;
import dev.tpm2token.tpm.command.TpmCommand;
import dev.tpm2token.tpm.command.Unseal;
import dev.tpm2token.tpm.session.HmacSession;
import dev.tpm2token.tpm.structure.Name;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who has the TPM, and what is in it when it changes hands. */
@Tag("swtpm")
class LeaseTest {
  private static final LeasePolicy WITHOUT_THREADS =
      new LeasePolicy(Duration.ofMillis(75), Duration.ofMillis(250), false);
  private static final byte[] AUTH =
      "an authValue of thirty-two bytes".getBytes(StandardCharsets.US_ASCII);

  private SwtpmProcess swtpm;

  @BeforeEach
  void start() {
    swtpm = SwtpmProcess.start();
  }

  @AfterEach
  void stop() {
    swtpm.close();
  }

  private static KeyBlob key(TpmDevice device) {
    return device.call(
        tpm ->
            tpm.create(
                tpm.provision(TpmHandle.STORAGE_ROOT_KEY, ParentTemplate.ECC_STORAGE_ROOT),
                new TpmsSensitiveCreate(AUTH, new byte[0]),
                Templates.P256));
  }

  private static void sign(TpmDevice device, KeyBlob key) {
    device.call(
        tpm ->
            tpm.execute(
                new Sign(tpm.load(key), new byte[32], TpmtScheme.ecdsa(TpmAlgId.SHA256)),
                tpm.authorize(key.parent(), AUTH)));
  }

  @Test
  void givesBackAfterEachCallWhereItMayStartNoThread() {
    RecordingTransport bus = new RecordingTransport(swtpm.tcti());
    int threads = Thread.activeCount();
    try (TpmDevice device = new TpmDevice(bus, WITHOUT_THREADS)) {
      KeyBlob key = key(device);
      sign(device, key);
      sign(device, key);
      assertEquals(3, bus.opened);
      assertEquals(threads, Thread.activeCount());
    }
  }

  @Test
  void endsItsThread() throws InterruptedException {
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      device.call(tpm -> tpm.execute(new GetRandom(8)));
      assertTrue(leaseThread());
    }
    assertFalse(leaseThread());
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      device.call(tpm -> tpm.execute(new GetRandom(8)));
      Thread.sleep(1500);
      assertFalse(leaseThread(), "it ends by itself when there is nothing to do");
      assertEquals(8, device.call(tpm -> tpm.execute(new GetRandom(8))).length);
    }
  }

  /**
   * As where a limit on processes is reached: pthread_create says EAGAIN, Java OutOfMemoryError.
   */
  @Test
  void givesBackAtOnceWhereThereIsNoThreadToBeHad() {
    int[] refused = {0};
    ThreadFactory none =
        work ->
            new Thread(work) {
              @Override
              public void start() {
                refused[0]++;
                throw new OutOfMemoryError("unable to create native thread");
              }
            };
    RecordingTransport bus = new RecordingTransport(swtpm.tcti());
    try (TpmDevice device =
        new TpmDevice(bus, LeasePolicy.DEFAULT, Passwords.NONE, KnownParents.NONE, none)) {
      KeyBlob key = key(device);
      assertEquals(1, bus.opened);
      try (TpmDevice other = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
        sign(other, key);
      }
      assertTimeoutPreemptively(
          Duration.ofSeconds(20), () -> sign(device, key), "another thread has its turn");
      assertEquals(2, refused[0]);
      assertEquals(2, bus.opened);
    }
  }

  private static boolean leaseThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> "tpm2-token lease".equals(thread.getName()));
  }

  @Test
  void letsOthersHaveTheirTurns() throws Exception {
    KeyBlob key;
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      key = key(device);
    }
    long start = System.nanoTime();
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      List<Future<Integer>> busy = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        busy.add(executor.submit(() -> signatures(key, start)));
      }
      int fewest = Integer.MAX_VALUE;
      int all = 0;
      for (Future<Integer> signatures : busy) {
        fewest = Math.min(fewest, signatures.get());
        all += signatures.get();
      }
      assertTrue(fewest > all / 16, "a quarter each would be fair: " + fewest + " of " + all);
    }
  }

  /** As a process of its own would: with its own device. */
  private int signatures(KeyBlob key, long start) {
    int count = 0;
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      while (System.nanoTime() - start < 3_000_000_000L) {
        sign(device, key);
        count++;
      }
    }
    return count;
  }

  @Test
  void repeatsNothingThatMayCountAsAGuess() {
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      KeyBlob key = key(device);
      sign(device, key);
      swtpm.restart();
      assertThrows(TpmTransportException.class, () -> sign(device, key));
      sign(device, key);
    }
  }

  @Test
  void sendsAHarmlessFirstCommandAgain() {
    RecordingTransport bus = new RecordingTransport(swtpm.tcti());
    bus.tamper =
        response -> {
          if (bus.responses.size() == 1) {
            throw new TpmTransportException("cut");
          }
          return response;
        };
    try (TpmDevice device = new TpmDevice(bus, LeasePolicy.DEFAULT)) {
      assertEquals(8, device.call(tpm -> tpm.execute(new GetRandom(8))).length);
      assertEquals(2, bus.opened);
    }
  }

  /** Objects and sessions that another program left in a bare TPM are moved aside, and put back. */
  @Test
  void worksInATpmThatOthersHaveFilled() {
    try (Transport transport = swtpm.tcti().open()) {
      Execution other = new Execution(transport);
      for (int i = 0; i < 3; i++) {
        run(
            other,
            new CreatePrimary(
                TpmHandle.OWNER,
                new TpmsSensitiveCreate(new byte[0], new byte[0]),
                ParentTemplate.ECC_H2.publicArea()),
            Authorization.EMPTY);
        run(
            other,
            new StartAuthSession(
                TpmHandle.NULL,
                TpmHandle.NULL,
                new byte[16],
                new byte[0],
                StartAuthSession.HMAC,
                HmacSession.SYMMETRIC,
                HmacSession.HASH));
      }
    }
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      KeyBlob key = key(device);
      sign(device, key);
      device.forget(key);
      sign(device, key);
      device.forgetAll();
    }
    try (Transport transport = swtpm.tcti().open()) {
      Execution other = new Execution(transport);
      for (int i = 0; i < 3; i++) {
        run(other, new ReadPublic(new TpmHandle(0x8000_0000 + i)));
      }
    }
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      assertEquals(3, device.call(tpm -> tpm.handles(0x0200_0000)).size());
    }
  }

  private static <R> R run(Execution execution, TpmCommand<R> command, Authorization... list) {
    return execution.execute(command, Name::of, List.of(list));
  }

  @Test
  void provisionsWithTheOwnersPassword() {
    RecordingTransport bus = new RecordingTransport(swtpm.tcti());
    try (TpmDevice device = new TpmDevice(bus, LeasePolicy.DEFAULT)) {
      device.call(
          tpm -> {
            Parent salt = tpm.readParent(TpmHandle.NULL);
            return tpm.execute(
                new HierarchyChangeAuth(TpmHandle.OWNER, AUTH), tpm.authorize(salt, new byte[0]));
          });
      Parent parent =
          device.call(
              tpm ->
                  tpm.provision(TpmHandle.STORAGE_ROOT_KEY, ParentTemplate.ECC_STORAGE_ROOT, AUTH));
      assertEquals(parent, device.call(tpm -> tpm.readParent(TpmHandle.STORAGE_ROOT_KEY)));
      assertFalse(bus.saw(AUTH));
    }
  }

  /** What the store has pinned is not what is under the handle now. */
  @Test
  void findsOutAnotherParent() {
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      KeyBlob key = key(device);
      Parent other = device.call(tpm -> tpm.readParent(TpmHandle.OWNER));
      KeyBlob swapped =
          new KeyBlob(
              new Parent(TpmHandle.STORAGE_ROOT_KEY, other.publicArea()),
              key.publicArea(),
              key.privateArea());
      assertThrows(TpmException.class, () -> sign(device, swapped));
      sign(device, key);
    }
  }

  @Test
  void sealsUnderAnAuthValueThatEndsInZeros() {
    byte[] auth = {1, 2, 3, 0, 0};
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      Parent parent = key(device).parent();
      KeyBlob sealed =
          device.call(
              tpm -> tpm.create(parent, new TpmsSensitiveCreate(auth, AUTH), Templates.SEALED));
      assertArrayEquals(
          AUTH,
          device.call(
              tpm -> tpm.execute(new Unseal(tpm.load(sealed)), tpm.authorize(parent, auth))));
    }
  }
}
