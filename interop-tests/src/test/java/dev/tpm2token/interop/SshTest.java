package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import dev.tpm2token.interop.harness.SshAgent;
import dev.tpm2token.interop.harness.Sshd;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What ssh and its agent do with any module, the control included; {@link OpensshTest} has the
 * rest.
 */
@ExtendWith(LabExtension.class)
class SshTest {
  @BeforeAll
  static void authorize(Lab lab) {
    lab.token("lab");
    lab.keyPair("rsa:2048", "01", "rsakey");
    lab.keyPair("EC:prime256v1", "02", "eckey");
    lab.sh("ssh-keygen -D $M >authorized_keys").ok();
    Sshd.start(lab);
    SshAgent.start(lab);
  }

  @BeforeEach
  void knowThePin(Lab lab) {
    lab.askpass(Lab.PIN);
  }

  @Test
  void keysAreListed(Lab lab) {
    lab.sh("ssh-keygen -D $M").ok().says("ssh-rsa AAAA", "ecdsa-sha2-nistp256 AAAA", "rsakey");
    lab.sh("ssh-keygen -l -f authorized_keys").ok().says("2048", "256");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa-sha2-256", "rsa-sha2-512", "ecdsa-sha2-nistp256"})
  void login(String algorithm, Lab lab) {
    lab.sh(
            """
            $SSH -I $M -o IdentityFile=none -o IdentityAgent=none \
              -o PubkeyAcceptedAlgorithms=%s 127.0.0.1 'echo logged in as $(whoami)'\
            """
                .formatted(algorithm))
        .ok()
        .says("logged in as " + System.getProperty("user.name"));
  }

  @Test
  void theProviderAsAnOption(Lab lab) {
    lab.sh(
            """
            $SSH -o PKCS11Provider=$M -o IdentityFile=none -o IdentityAgent=none 127.0.0.1 \
              echo logged in\
            """)
        .ok()
        .says("logged in");
  }

  @Test
  void aWrongPin(Lab lab) {
    lab.askpass("not-the-pin");
    lab.sh(
            "$SSH -I $M -o IdentityFile=none -o IdentityAgent=none 127.0.0.1 echo logged in",
            Duration.ofSeconds(30))
        .fails()
        .doesNotSay("logged in")
        .says("denied");
    lab.sh("ssh-add -s $M").fails().says("Could not add card");
    knowThePin(lab);
    login("ecdsa-sha2-nistp256", lab);
  }

  /** The agent loads the module in a helper, unloads it, and loads it again. */
  @Test
  void anAgentsDay(Lab lab) {
    lab.sh("ssh-add -s $M").ok().says("Card added");
    assertEquals(2, lab.sh("ssh-add -L").ok().lines().size());
    lab.sh("ssh-add -T authorized_keys").ok();
    lab.sh("$SSH 127.0.0.1 echo logged in").ok().says("logged in");
    lab.sh("$SSH -o PubkeyAcceptedAlgorithms=ecdsa-sha2-nistp256 127.0.0.1 echo by ec")
        .ok()
        .says("by ec");

    lab.write("text", "signed by an agent");
    lab.sh("ssh-keygen -D $M | grep ecdsa >ec.pub && ssh-keygen -Y sign -f ec.pub -n file text")
        .ok();
    lab.sh("sed 's/^/lab /' ec.pub >signers").ok();
    lab.sh("ssh-keygen -Y verify -f signers -I lab -n file -s text.sig <text").ok().says("Good");

    lab.sh("ssh-add -e $M").ok().says("Card removed");
    lab.sh("ssh-add -L").fails().says("no identities");
    lab.sh("ssh-add -s $M").ok().says("Card added");
    lab.sh("$SSH 127.0.0.1 echo once more").ok().says("once more");
    lab.sh("ssh-add -e $M").ok();
  }
}
