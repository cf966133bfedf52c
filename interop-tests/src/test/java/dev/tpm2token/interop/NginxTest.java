package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Ports;
import dev.tpm2token.interop.harness.Server;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** nginx: a master that reads the key, and workers, forked from it, that use it. */
@Documented("nginx")
@Tag("tpm2token-only")
class NginxTest {
  private static final String GET =
      "curl -sS --cacert www.crt --resolve localhost:$PORT:127.0.0.1 https://localhost:$PORT/";

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int WORKERS = 3;

  /** Runs what the page configures, but for the port; and each answer says whose it is. */
  @BeforeAll
  static void serve(Lab lab, Guide guide) {
    lab.laptop();
    guide.run(lab, "Make a key and a certificate").ok();
    lab.env().put("PORT", "1");
    guide.run(lab, "Configure it").ok().says("test is successful");
    Server.start(
        lab,
        """
        sed "s/127.0.0.1:[0-9]*/127.0.0.1:$PORT/; s/in the TPM/in the TPM of worker \\$pid/" \
          nginx.conf >running.conf
        OPENSSL_CONF=$PWD/openssl.cnf exec nginx -g 'daemon off;' -c $PWD/running.conf\
        """);
  }

  @Test
  void itServes(Lab lab) {
    lab.sh(GET).ok().says("the key is in the TPM");
  }

  @Test
  void workersShareTheTpm(Lab lab) {
    Set<String> workers = workersThatServe(lab);
    assertTrue(workers.size() > 1, workers + " served alone");
  }

  /** Has it serve many at once, and says by the process id who did. */
  private static Set<String> workersThatServe(Lab lab) {
    lab.sh("seq 60 | xargs -P 6 -I{} sh -c '" + GET + "' >served").ok();
    assertEquals("60", lab.sh("grep -c 'the key is in the TPM of' served").stdout().strip());
    return new TreeSet<>(lab.sh("grep -o '[0-9]*$' served").ok().lines());
  }

  private static Set<String> workers(Lab lab) {
    return new TreeSet<>(lab.sh("pgrep -P $(cat nginx.pid)").ok().lines());
  }

  private static void reload(Lab lab) {
    Set<String> old = workers(lab);
    lab.sh("kill -HUP $(cat nginx.pid)").ok();
    boolean replaced =
        Ports.eventually(
            PATIENCE,
            () -> workers(lab).size() == WORKERS && Collections.disjoint(workers(lab), old),
            () -> true);
    assertTrue(replaced, () -> old + " should go, and others come: " + lab.sh("cat error.log"));
  }

  @Test
  void aReloadReplacesTheWorkers(Lab lab) {
    reload(lab);
    Set<String> workers = workers(lab);
    assertTrue(workers.containsAll(workersThatServe(lab)), workers + " serve, and nobody else");
  }

  @Test
  void theTpmIsAwayForAWhile(Lab lab) {
    workersThatServe(lab);
    lab.tpm().kill();
    lab.sh(GET).fails();
    lab.tpm().powerOn();
    workersThatServe(lab);
  }

  /** Which libp11 does not forgive them; the next ones know nothing of it. */
  @Test
  void workersThatFirstLookForItThen(Lab lab) {
    lab.tpm().kill();
    reload(lab);
    lab.sh(GET).fails();
    lab.tpm().powerOn();
    reload(lab);
    workersThatServe(lab);
  }
}
