package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the page says of pkcs11-tool; {@link Pkcs11ToolTest} has the rest. */
@Documented("pkcs11-tool")
class OpenscTest {
  @BeforeAll
  static void makeAToken(Lab lab, Guide guide) {
    lab.write("pin.txt", Lab.PIN);
    lab.write("so-pin.txt", Lab.SO_PIN);
    lab.write("letter.txt", "Dear reader, ".repeat(1000));
    guide.run(lab, "Make a token").ok().says("token label        : opensc");
  }

  @Test
  void keys(Lab lab, Guide guide) {
    guide
        .run(lab, "Keys")
        .ok()
        .says("Private Key Object; RSA", "Private Key Object; EC", "Signature is valid");
  }

  @Test
  void secretKeys(Lab lab, Guide guide) {
    guide.run(lab, "Secret keys").ok();
    lab.sh("cmp letter.txt again.txt && test $(wc -c <letter.mac) = 32").ok();
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM stores any secret key as it is
  void aSecretKeyThatIsNeitherSensitiveNorPrivate(Lab lab) {
    lab.sh(
            """
            pkcs11-tool --module $M --token-label opensc --login --pin $PIN --keygen \
              --key-type AES:32 --id 06\
            """)
        .fails()
        .says("CKR_TEMPLATE_INCONSISTENT");
  }
}
