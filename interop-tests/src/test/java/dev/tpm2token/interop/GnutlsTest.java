package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Outcome;
import dev.tpm2token.interop.harness.Server;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GnuTLS's tools, besides what {@link P11toolTest} tries of p11tool. */
@Documented("gnutls")
class GnutlsTest {
  @BeforeAll
  static void makeAToken(Lab lab, Guide guide) {
    lab.write("pin.txt", Lab.PIN);
    lab.write("so-pin.txt", Lab.SO_PIN);
    guide.run(lab, "Make a token").ok().says("token=gnutls");
    guide
        .run(lab, "Keys")
        .ok()
        .says("Private key (RSA-2048)", "Private key (EC/ECDSA-SECP256R1)", "CKA_NEVER_EXTRACTABLE")
        .says("RSA-SHA256... ok", "RSA-PSS-SHA256... ok", "ECDSA-SHA256... ok");
    lab.sh("diff ec.pub same.pub").ok();
    guide.run(lab, "An authority, and certificates by it").ok();
  }

  @Test
  void aKeyFromAFile(Lab lab, Guide guide) {
    Outcome kept = guide.run(lab, "Bring in, rename and remove").ok();
    kept.says("Private key", "Public key", "Label: new", "Signing using RSA-SHA256... ok")
        .says("2 objects deleted");
    assertEquals(2, kept.count("ID: 04"));
    lab.sh("GNUTLS_PIN=$PIN p11tool --provider=$M --login --list-all 'pkcs11:token=gnutls'")
        .ok()
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
              'pkcs11:token=gnutls' </dev/null\
            """)
        .fails()
        .says("Cannot continue with a wrong password in the environment");
  }

  @Test
  void certificatesAreGood(Lab lab) {
    for (String key : new String[] {"rsa", "ec"}) {
      lab.sh("openssl verify -CAfile authority.crt %s.crt".formatted(key)).ok();
      lab.sh("certtool --verify --load-ca-certificate authority.crt --infile %s.crt".formatted(key))
          .ok()
          .says("Chain verification output: Verified.");
    }
  }

  @Test
  void bothSidesOfTls(Lab lab, Guide guide) {
    Server.choosePort(lab);
    lab.write("request", "GET / HTTP/1.0\r\n\r\n");
    Outcome all = guide.run(lab, "A server and a client").ok();
    for (String version : new String[] {"TLS1.2", "TLS1.3"}) {
      for (String signature : new String[] {"-(RSA", "-(ECDSA"}) {
        assertEquals(
            1,
            all.lines().stream()
                .filter(line -> line.startsWith("- Description: (" + version))
                .filter(line -> line.contains(signature))
                .count(),
            all::toString);
      }
    }
    assertEquals(4, all.count("Successfully sent 1 certificate(s) to server"), all::toString);
    assertEquals(4, all.count("HTTP/1.0 200 OK"), all::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "--generate-rsa --bits 3072, RSA-SHA256",
    "--generate-ecc --curve secp384r1, ECDSA-SHA",
    "--generate-ecc --curve secp521r1, ECDSA-SHA"
  })
  void otherKinds(String kind, String algorithm, Lab lab) {
    String p11tool = "GNUTLS_PIN=$PIN p11tool --provider=$M --login ";
    lab.sh(p11tool + kind + " --label other --outfile other.pub 'pkcs11:token=gnutls'").ok();
    lab.sh(p11tool + "--test-sign 'pkcs11:token=gnutls;object=other;type=private'")
        .ok()
        .says("Signing using " + algorithm, "Verifying against public key in the token... ok");
    lab.sh(p11tool + "--batch --delete 'pkcs11:token=gnutls;object=other'")
        .ok()
        .says("2 objects deleted");
  }

  @Test
  @Tag("tpm2token-only") // a TPM is locked
  void aTpmThatTakesNoPin(Lab lab) {
    lab.tpm().allowTries(3);
    lab.tpm().forgive();
    String list = "p11tool --provider=$M --login --list-privkeys 'pkcs11:token=gnutls' </dev/null";
    try {
      for (int i = 0; i < 3; i++) {
        lab.sh("GNUTLS_PIN=wrong-%d %s".formatted(i, list))
            .fails()
            .says("Wrong PIN has been provided!", "Cannot continue with a wrong password");
      }
      lab.sh("GNUTLS_PIN=$PIN TPM2_TOKEN_LOG=stderr " + list)
          .fails()
          .says("PKCS #11 PIN locked", "the TPM takes no PIN after too many wrong ones");
    } finally {
      lab.tpm().forgive();
    }
    lab.sh("GNUTLS_PIN=$PIN " + list).ok().says("Label: rsa");
  }

  @Test
  @Tag("tpm2token-only") // of our store
  void aRemovedStore(Lab lab) {
    String p11tool =
        "GNUTLS_PIN=$PIN TPM2_TOKEN_LOG=stderr TPM2_TOKEN_STORE=$PWD/none p11tool --provider=$M ";
    lab.sh(p11tool + "--list-all 'pkcs11:token=gnutls'")
        .fails()
        .says("No matching objects found", "there is no store at " + lab.dir());
    lab.sh(p11tool + "--login --test-sign 'pkcs11:token=gnutls;object=ec;type=private'")
        .fails()
        .says("The requested PKCS #11 object is not available", "there is no store at ");
  }

  @Test
  @Tag("tpm2token-only") // a TPM is away
  void aTpmThatIsAway(Lab lab) {
    String p11tool = "GNUTLS_PIN=$PIN TPM2_TOKEN_LOG=stderr p11tool --provider=$M --batch --login ";
    lab.loseTpm();
    try {
      lab.sh(p11tool + "--test-sign 'pkcs11:token=gnutls;object=ec;type=private' </dev/null")
          .fails()
          .says("Cannot import private key: PKCS #11 error in device", "nothing listens there");
      lab.sh(p11tool + "--list-privkeys 'pkcs11:token=gnutls' </dev/null")
          .fails()
          .says("Error in crt_list_import", "PKCS #11 error in device", "nothing listens there");
    } finally {
      lab.tpm().powerOn();
    }
    lab.sh(p11tool + "--test-sign 'pkcs11:token=gnutls;object=ec;type=private'").ok();
  }
}
