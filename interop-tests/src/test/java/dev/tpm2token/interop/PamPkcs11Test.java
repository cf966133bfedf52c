package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Outcome;
import dev.tpm2token.interop.harness.Server;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** pam_pkcs11 and its tools; root is the user, and the service one that only this test sees. */
@Documented("pam-pkcs11")
@Tag("tpm2token-only")
class PamPkcs11Test {
  @BeforeAll
  static void configure(Lab lab, Guide guide) {
    lab.laptop();
    Server.certificate(lab);
    guide.run(lab, "Have a key certified").ok();
    Outcome configured = guide.run(lab, "Configure it").ok().says("Found '1' certificate(s)");
    assertEquals("root", configured.lines().getLast());
    lab.sh("mkdir pam.d").ok();
    lab.mount(Path.of("pam.d"), "/etc/pam.d");
  }

  @Test
  void aLogin(Lab lab, Guide guide) {
    guide.run(lab, "Try it").ok().says("Welcome laptop!", "successfully authenticated");
    lab.sh("echo wrong-pin | pamtester try-the-token root authenticate")
        .fails()
        .says("Wrong smartcard PIN", "Authentication failure");
  }

  @Test
  void aCertificateOfAnotherAuthority(Lab lab) {
    lab.sh("mkdir none && sed 's/cacerts/none/' pam_pkcs11.conf >strict.conf").ok();
    lab.sh(
            """
            echo "auth required pam_pkcs11.so config_file=$PWD/strict.conf" >/etc/pam.d/strict &&
            pamtester strict root authenticate <pin.txt\
            """)
        .fails()
        .says("No matching certificate found");
  }
}
