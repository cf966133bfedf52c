package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Server;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** nginx: a master that reads the key, and workers, forked from it, that use it. */
@Documented("nginx")
@Tag("tpm2token-only")
class NginxTest {
  private static final String GET =
      "curl -sS --cacert www.crt --resolve localhost:$PORT:127.0.0.1 https://localhost:$PORT/";

  @BeforeAll
  static void serve(Lab lab, Guide guide) {
    lab.laptop();
    guide.run(lab, "Make a key and a certificate").ok();
    lab.env().put("PORT", "1");
    guide.run(lab, "Configure it").ok().says("test is successful");
    Server.start(
        lab,
        "sed \"s/127.0.0.1:[0-9]*/127.0.0.1:$PORT/\" nginx.conf >running.conf;"
            + " OPENSSL_CONF=$PWD/openssl.cnf exec nginx -g 'daemon off;' -c $PWD/running.conf");
  }

  @Test
  void itServes(Lab lab) {
    lab.sh(GET).ok().says("the key is in the TPM");
  }

  @Test
  void workersShareTheTpm(Lab lab) {
    serveManyAtOnce(lab);
  }

  private static void serveManyAtOnce(Lab lab) {
    lab.sh("seq 60 | xargs -P 6 -I{} sh -c '" + GET + "' >served; grep -c TPM served")
        .ok()
        .says("60");
  }

  @Test
  void aReloadReplacesTheWorkers(Lab lab) {
    lab.sh("kill -HUP $(cat nginx.pid); sleep 1").ok();
    lab.sh(GET).ok().says("the key is in the TPM");
    serveManyAtOnce(lab);
  }
}
