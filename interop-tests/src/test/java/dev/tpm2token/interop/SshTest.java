package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import dev.tpm2token.interop.harness.Sshd;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ssh with the module as its PKCS11Provider, into a real sshd. */
@ExtendWith(LabExtension.class)
class SshTest {
  @BeforeAll
  static void authorize(Lab lab) {
    lab.token("lab");
    lab.keyPair("rsa:2048", "01", "rsakey");
    lab.keyPair("EC:prime256v1", "02", "eckey");
    lab.sh("ssh-keygen -D $M >authorized_keys").ok();
    Sshd.start(lab);
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
    knowThePin(lab);
    login("ecdsa-sha2-nistp256", lab);
  }
}
