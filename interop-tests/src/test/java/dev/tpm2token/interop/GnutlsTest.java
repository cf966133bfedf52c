package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Server;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** GnuTLS's tools, besides what {@link P11toolTest} tries of p11tool. */
@Documented("gnutls")
@Tag("tpm2token-only")
class GnutlsTest {
  @BeforeAll
  static void makeAToken(Lab lab, Guide guide) {
    lab.write("pin.txt", Lab.PIN);
    lab.write("so-pin.txt", Lab.SO_PIN);
    guide.run(lab, "Make a token").ok().says("token=work");
    guide.run(lab, "Keys").ok().says("Private key (RSA-2048)", "Private key (EC/ECDSA", "ok");
    guide.run(lab, "An authority, and a certificate by it").ok();
  }

  @Test
  void aKeyFromAFile(Lab lab, Guide guide) {
    guide
        .run(lab, "Bring in, rename and remove")
        .ok()
        .says("Label: new", "ID: 04", "Signing using RSA-SHA256... ok", "1 objects deleted");
    lab.sh("GNUTLS_PIN=$PIN p11tool --provider=$M --login --list-privkeys 'pkcs11:token=work'")
        .says("Label: rsa")
        .doesNotSay("Label: new", "Label: old");
  }

  @Test
  void otherPins(Lab lab, Guide guide) {
    lab.write("new-so-pin.txt", "another so-pin");
    guide.run(lab, "Other PINs").ok();
    lab.write("so-pin.txt", "another so-pin");
    lab.sh(
            """
            GNUTLS_SO_PIN=$SO_PIN p11tool --provider=$M --initialize-pin --set-pin=$PIN \
              'pkcs11:token=work' </dev/null\
            """)
        .says("Cannot continue with a wrong password in the environment");
  }

  @Test
  void certificatesAreGood(Lab lab) {
    lab.sh("openssl verify -CAfile authority.crt leaf.crt").ok();
    lab.sh("certtool --verify --load-ca-certificate authority.crt --infile leaf.crt")
        .ok()
        .says("Chain verification output: Verified.");
  }

  @Test
  void bothSidesOfTls(Lab lab, Guide guide) {
    Server.choosePort(lab);
    lab.write("request", "GET / HTTP/1.0\r\n\r\n");
    guide
        .run(lab, "A server and a client")
        .ok()
        .says("TLS1.2", "TLS1.3", "Handshake was completed", "HTTP/1.0 200 OK");
  }

  @Test
  void aTpmThatTakesNoPin(Lab lab) {
    lab.tpm().allowTries(3);
    lab.tpm().forgive();
    String list = "p11tool --provider=$M --login --list-privkeys 'pkcs11:token=work' </dev/null";
    try {
      for (int i = 0; i < 3; i++) {
        lab.sh("GNUTLS_PIN=wrong-%d %s".formatted(i, list)).says("wrong password");
      }
      lab.sh("GNUTLS_PIN=$PIN " + list).says("PKCS #11 PIN locked");
    } finally {
      lab.tpm().forgive();
    }
    lab.sh("GNUTLS_PIN=$PIN " + list).ok().says("Label: rsa");
  }

  @Test
  void aRemovedStore(Lab lab) {
    lab.sh("TPM2_TOKEN_STORE=$PWD/none p11tool --provider=$M --list-all 'pkcs11:token=work'")
        .says("No matching");
  }

  @Test
  void aTpmThatIsAway(Lab lab) {
    lab.sh(
            """
            GNUTLS_PIN=$PIN TPM2_TOKEN_TCTI=swtpm:host=127.0.0.1,port=1 timeout 50 \
              p11tool --provider=$M --batch --login --test-sign 'pkcs11:token=work;object=ec;type=private'\
            """)
        .fails()
        .says("PKCS #11");
    lab.sh("grep -c 'port=1\\|127.0.0.1' module.log").ok();
  }
}
