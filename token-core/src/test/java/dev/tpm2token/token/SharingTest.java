package dev.tpm2token.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.LeasePolicy;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many on one bare TPM, which lets one in at a time and holds three objects. Longer with
 * -Dtpm2.token.seconds=10.
 */
@Tag("swtpm")
class SharingTest {
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("tpm2.token.seconds", 3));
  private static final int PROCESSES = 8;

  @TempDir Path folder;
  private Bench bench;

  @BeforeEach
  void start() {
    bench = new Bench(folder.resolve("store"));
    try (Cryptoki module = bench.withToken()) {
      Session session = Bench.login(module);
      Signer.rsa(session);
      Signer.ec(session);
    }
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void eightProcessesSign() throws Exception {
    assertAllSign("eight processes", startProcesses());
    assertEquals(List.of(), held(0x8000_0000));
    assertEquals(List.of(), held(0x0200_0000));
    assertEquals(List.of(), held(0x0300_0000));
  }

  /** tpm2-tools knows nothing of our queue, and leaves in the TPM what it makes. */
  @Test
  void eightProcessesSignWhileOthersLeaveObjectsBehind() throws Exception {
    List<Process> processes = startProcesses();
    int left = 0;
    while (processes.stream().anyMatch(Process::isAlive)) {
      left += tool("tpm2_createprimary", "-Q", "-C", "o", "-c", folder + "/primary.ctx") ? 1 : 0;
      tool("tpm2_startauthsession", "-S", folder + "/session" + left % 4 + ".ctx");
      Thread.sleep(200);
    }
    assertTrue(left > 0, "the tools had no turn");
    System.out.println("others: " + left + " objects made");
    assertAllSign("eight processes and tpm2-tools", processes);
    assertEquals(
        Math.min(left, 3), held(0x8000_0000).size(), "others' objects are where they were");
    assertEquals(List.of(), held(0x0200_0000));
  }

  private boolean tool(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("TPM2TOOLS_TCTI", bench.tpm().tcti().toString());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0;
  }

  private List<Process> startProcesses() throws IOException {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(Signer.start(bench.store(), bench.tpm().tcti(), TIME));
    }
    return processes;
  }

  private static void assertAllSign(String who, List<Process> processes) throws Exception {
    int all = 0;
    long worst = 0;
    for (Process process : processes) {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), said);
      String[] numbers = said.strip().split(" ", -1);
      all += Integer.parseInt(numbers[0]);
      worst = Math.max(worst, Long.parseLong(numbers[1]));
    }
    System.out.printf(
        "%s: %d signatures in %d s, the longest wait %d ms%n", who, all, TIME.toSeconds(), worst);
    assertTrue(worst < 10_000, "the longest wait was " + worst + " ms");
  }

  private List<TpmHandle> held(int first) {
    try (TpmDevice device = new TpmDevice(bench.tpm().tcti(), LeasePolicy.DEFAULT)) {
      return device.call(tpm -> tpm.handles(first));
    }
  }

  @Test
  void fourThreadsUseTwentyKeys() throws Exception {
    try (Cryptoki module = bench.start()) {
      Session first = Bench.login(module);
      for (int i = 0; i < 19; i++) {
        Signer.ec(first);
      }
      List<Signer.Pair> pairs = Signer.pairs(first);
      assertEquals(21, pairs.size());
      try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
        List<Callable<Integer>> work = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Session session = module.session(module.openSession(module.slots().getFirst(), false));
          Random random = new Random(i);
          work.add(() -> inRandomOrder(session, pairs, random));
        }
        for (Future<Integer> each : executor.invokeAll(work)) {
          assertFalse(each.get() < 21);
        }
      }
    }
    assertEquals(List.of(), held(0x8000_0000));
  }

  private static int inRandomOrder(Session session, List<Signer.Pair> pairs, Random random) {
    int count = 0;
    for (int i = 0; i < 100; i++) {
      Signer.Pair pair = pairs.get(random.nextInt(pairs.size()));
      count += Signer.sign(session, List.of(pair), Duration.ofMillis(1)).signatures();
    }
    return count;
  }
}
