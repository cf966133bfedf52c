package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Sshd;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** p11-kit: the module's file, the proxy, and a token that is used over SSH. */
@Documented("p11-kit")
@Tag("tpm2token-only")
class P11KitTest {
  @BeforeAll
  static void makeAToken(Lab lab) {
    lab.laptop();
    lab.sh("tpm2-token key generate --label ec --type ec:p256 --pin-file pin.txt").ok();
    lab.sh("tpm2-token key generate --label rsa --type rsa:2048 --pin-file pin.txt").ok();
    lab.sh("cp -r /usr/share/p11-kit/modules .").ok();
    lab.mount(Path.of("modules"), "/usr/share/p11-kit/modules");
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

  @Test
  void p11toolSignsThroughTheClient(Lab lab) {
    lab.sh(
            """
            eval $(p11-kit server --provider $M --name $PWD/p11tool.sock "$T")
            trap 'kill $P11_KIT_SERVER_PID' EXIT
            sleep 1
            export GNUTLS_PIN=$PIN
            TEST="p11tool --provider $(ls /usr/lib/*/pkcs11/p11-kit-client.so) --login --test-sign"
            $TEST "$T;object=ec;type=private" && $TEST "$T;object=rsa;type=private" &&
              $TEST --sign-params rsa-pss --hash sha256 "$T;object=rsa;type=private"\
            """)
        .ok()
        .says("Signing using ECDSA-SHA256... ok", "RSA-SHA256... ok", "RSA-PSS-SHA256... ok");
  }
}
