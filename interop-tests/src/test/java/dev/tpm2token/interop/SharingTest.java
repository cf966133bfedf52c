package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.CProgram;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import dev.tpm2token.interop.harness.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many processes, one bare TPM with three places for objects, and nothing in between. {@code
 * -Dtpm2token.seconds=10} makes it longer.
 */
@ExtendWith(LabExtension.class)
@Tag("tpm2token-only")
class SharingTest {
  private static final int PROCESSES = 8;
  private static final int SECONDS = Integer.getInteger("tpm2token.seconds", 4);

  @BeforeAll
  static void makeKeys(Lab lab) {
    lab.token("lab");
    lab.keyPair("rsa:2048", "01", "rsa");
    lab.keyPair("EC:prime256v1", "02", "ec");
    lab.keyPair("EC:secp384r1", "03", "ec384");
    lab.keyPair("EC:prime256v1", "04", "another");
    CProgram.compile(lab, "sign_for_a_while");
  }

  private static Outcome signAtOnce(Lab lab, String meanwhile) {
    return lab.sh(
            """
            for i in $(seq %d); do ./sign_for_a_while $M $PIN %d & pids="$pids $!"; done
            %s
            for pid in $pids; do wait $pid || exit 1; done
            """
                .formatted(PROCESSES, SECONDS, meanwhile),
            Duration.ofSeconds(SECONDS + 60))
        .ok();
  }

  private static void assertNothingOfOursIsLeft(Lab lab) {
    assertEquals(
        "",
        lab.sh(
                """
                for kind in handles-loaded-session handles-saved-session; do
                  tpm2_getcap $kind
                done
                """)
            .ok()
            .stdout());
  }

  @Test
  void eightProcessesSign(Lab lab) {
    lab.env().put("TPM2TOOLS_TCTI", lab.env().get("TPM2_TOKEN_TCTI"));
    lab.sh("tpm2_flushcontext -t").ok(); // what the other test's tools left
    Outcome outcome = signAtOnce(lab, "");
    assertEquals(PROCESSES, outcome.count("signatures, the longest took"));
    System.out.println(outcome.stdout().strip());
    assertNothingOfOursIsLeft(lab);
    assertEquals("", lab.sh("tpm2_getcap handles-transient").ok().stdout());
  }

  @Test
  void eightProcessesSignWhileOtherToolsLeaveObjectsBehind(Lab lab) {
    lab.env().put("TPM2TOOLS_TCTI", lab.env().get("TPM2_TOKEN_TCTI"));
    Outcome outcome =
        signAtOnce(
            lab,
            """
            for i in $(seq 3); do
              tpm2_createprimary -Q -c left.ctx >/dev/null 2>&1; sleep 0.3
            done\
            """);
    assertEquals(PROCESSES, outcome.count("signatures, the longest took"));
    System.out.println(outcome.stdout().strip());
    assertNothingOfOursIsLeft(lab);
  }
}
