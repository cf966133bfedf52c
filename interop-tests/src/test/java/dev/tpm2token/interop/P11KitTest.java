package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Sshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** p11-kit: the module's file, the proxy, and a token that is used over SSH. */
@Documented("p11-kit")
@Tag("tpm2token-only")
class P11KitTest {
  private static final Path FILE = Path.of("/usr/share/p11-kit/modules/tpm2-token.module");

  @BeforeAll
  static void makeAToken(Lab lab) {
    lab.laptop();
    lab.sh("tpm2-token key generate --label ec --type ec:p256 --pin-file pin.txt").ok();
  }

  @AfterAll
  static void takeTheFileAway() throws IOException {
    Files.deleteIfExists(FILE);
  }

  @Test
  void everyProgramFindsIt(Lab lab, Guide guide) {
    guide
        .run(lab, "Have every program find the module")
        .ok()
        .says("tpm2-token:", "token: laptop", "token-initialized");
    lab.sh("p11tool --list-tokens").ok().says("token=laptop");
    guide.run(lab, "Several modules as one").ok().says("laptop", "Public Key Object", "ec");
    lab.sh(
            """
            softhsm2-util --init-token --free --label soft --so-pin 5678 --pin 1234 &&
            pkcs11-tool --module $(ls /usr/lib/*/p11-kit-proxy.so) -L\
            """)
        .ok()
        .says("laptop", "soft");
  }

  @Test
  void anotherMachineUsesIt(Lab lab, Guide guide) {
    lab.write("letter.txt", "Dear reader\n");
    lab.sh("ssh-keygen -q -t ed25519 -N '' -f login && cp login.pub authorized_keys").ok();
    Sshd.start(lab);
    lab.env().compute("SSH", (name, ssh) -> ssh + " -i login -o IdentitiesOnly=yes");
    guide.run(lab, "A token for another machine, over SSH").ok();
    lab.sh(
            """
            pkcs11-tool --module $M --token-label laptop --read-object --type pubkey --label ec \
              --output-file ec.der 2>/dev/null &&
            openssl dgst -sha256 -verify ec.der -keyform DER -signature letter.sig letter.txt\
            """)
        .ok()
        .says("Verified OK");
  }
}
