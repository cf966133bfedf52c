package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Sshd;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** p11-kit: the module's file, the proxy, and a token that is used over SSH. */
@Documented("p11-kit")
@Tag("tpm2token-only")
class P11KitTest {
  @BeforeAll
  static void makeAToken(Lab lab, Guide guide) {
    lab.laptop();
    lab.sh("tpm2-token key generate --label rsa --type rsa:2048 --pin-file pin.txt").ok();
    lab.sh("tpm2-token key generate --label ec --id 02 --type ec:p256 --pin-file pin.txt").ok();
    lab.sh("cp -r /usr/share/p11-kit/modules .").ok();
    lab.mount(Path.of("modules"), "/usr/share/p11-kit/modules");
    lab.write("letter.txt", "Dear reader\n");
    guide
        .run(lab, "Have every program find the module")
        .ok()
        .says("tpm2-token:", "token: laptop", "token-initialized");
    makeATokenOfSoftHsm(lab);
  }

  /** One in the lab's folder, beside ours, in which the key has the same id. */
  private static void makeATokenOfSoftHsm(Lab lab) {
    lab.sh("mkdir soft && echo \"directories.tokendir = $PWD/soft\" >softhsm2.conf").ok();
    lab.env().put("SOFTHSM2_CONF", lab.dir().resolve("softhsm2.conf").toString());
    lab.sh("softhsm2-util --init-token --free --label soft --so-pin $SO_PIN --pin $PIN").ok();
    lab.sh(
            """
            pkcs11-tool --module $(ls /usr/lib/*/p11-kit-proxy.so) --token-label soft --login \
              --pin $PIN --keypairgen --key-type EC:prime256v1 --id 02 --label ec\
            """)
        .ok();
  }

  @Test
  void everyProgramFindsIt(Lab lab) {
    lab.sh("p11tool --list-tokens").ok().says("token=laptop");
  }

  @Test
  void severalModulesAsOne(Lab lab, Guide guide) {
    guide
        .run(lab, "Several modules as one")
        .ok()
        .says("laptop", "soft", "Public Key Object", "label:      ec");
  }

  @ParameterizedTest
  @CsvSource({"laptop, $M", "soft, /usr/lib/softhsm/libsofthsm2.so"})
  void eachSignsThroughTheProxy(String token, String own, Lab lab) {
    lab.sh(
            """
            openssl dgst -sha256 -binary letter.txt >letter.sha256 &&
            pkcs11-tool --module $(ls /usr/lib/*/p11-kit-proxy.so) --token-label %1$s --login \
              --pin $PIN --sign --mechanism ECDSA --id 02 --signature-format openssl \
              --input-file letter.sha256 --output-file %1$s.sig &&
            pkcs11-tool --module %2$s --token-label %1$s --read-object --type pubkey --id 02 \
              --output-file %1$s.der &&
            openssl dgst -sha256 -verify %1$s.der -keyform DER -signature %1$s.sig letter.txt\
            """
                .formatted(token, own))
        .ok()
        .says("Verified OK");
  }

  @Test
  void anotherMachineUsesIt(Lab lab, Guide guide) {
    lab.sh("ssh-keygen -q -t ed25519 -N '' -f login && cp login.pub authorized_keys").ok();
    Sshd.start(lab);
    lab.env().compute("SSH", (name, ssh) -> ssh + " -i login -o IdentitiesOnly=yes");
    guide.run(lab, "A token for another machine, over SSH").ok();
    lab.sh(
            """
            tpm2-token key export --label far --public >far.pub &&
            openssl dgst -sha256 -verify far.pub -signature letter.sig letter.txt\
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
            until [ -S p11tool.sock ]; do sleep 0.1; done
            export GNUTLS_PIN=$PIN
            TEST="p11tool --provider $(ls /usr/lib/*/pkcs11/p11-kit-client.so) --login --test-sign"
            $TEST "$T;object=ec;type=private" && $TEST "$T;object=rsa;type=private" &&
              $TEST --sign-params rsa-pss --hash sha256 "$T;object=rsa;type=private"\
            """)
        .ok()
        .says("Signing using ECDSA-SHA256... ok", "RSA-SHA256... ok", "RSA-PSS-SHA256... ok");
  }
}
