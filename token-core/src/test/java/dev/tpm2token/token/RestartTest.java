package dev.tpm2token.token;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The TPM dies every second and comes back. Longer with -Dtpm2.token.seconds=60. */
@Tag("swtpm")
class RestartTest {
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("tpm2.token.seconds", 10));

  @TempDir Path folder;

  @Test
  void signsOnThroughRestarts() {
    AtomicInteger restarts = new AtomicInteger();
    try (Bench bench = new Bench(folder.resolve("store"));
        Cryptoki module = bench.withToken();
        ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor()) {
      Session session = Bench.login(module);
      Signer.rsa(session);
      Signer.ec(session);
      Future<?> restarting =
          killer.scheduleAtFixedRate(
              () -> {
                bench.tpm().restart();
                restarts.incrementAndGet();
              },
              500,
              1000,
              TimeUnit.MILLISECONDS);
      Signer.Result result =
          assertTimeoutPreemptively(
              TIME.plusSeconds(30), () -> Signer.sign(session, Signer.pairs(session), TIME));
      restarting.cancel(false);
      System.out.printf(
          "%d restarts in %d s: %d signatures, the longest took %d ms%n",
          restarts.get(), TIME.toSeconds(), result.signatures(), result.worstMillis());
      assertTrue(restarts.get() >= TIME.toSeconds() - 2);
      assertTrue(result.signatures() > 10 * TIME.toSeconds());
    }
  }
}
