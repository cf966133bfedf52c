package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenSC's pkcs11-tool; OpenSSL judges its signatures. */
@ExtendWith(LabExtension.class)
class Pkcs11ToolTest {
  @BeforeAll
  static void makeAToken(Lab lab) {
    lab.sh("pkcs11-tool --module $M --slot-index 0 --init-token --label lab --so-pin $SO_PIN")
        .ok()
        .says("successfully initialized");
    lab.sh(
            """
            pkcs11-tool --module $M --token-label lab --login --login-type so --so-pin $SO_PIN \
              --init-pin --new-pin $PIN\
            """)
        .ok()
        .says("User PIN successfully initialized");
    lab.write("text", "signed by pkcs11-tool\n");
  }

  @BeforeEach
  void abbreviate(Lab lab) {
    lab.env().put("P", "pkcs11-tool --module " + lab.module().library() + " --token-label lab");
    lab.env().put("LOGIN", "--login --pin " + Lab.PIN);
  }

  @Test
  void tokensAndMechanisms(Lab lab) {
    lab.sh("pkcs11-tool --module $M -I").ok().says("Cryptoki version");
    lab.sh("pkcs11-tool --module $M -L").ok().says("lab", "token initialized", "PIN initialized");
    lab.sh("$P -M").ok().says("RSA-PKCS-KEY-PAIR-GEN", "SHA256-RSA-PKCS", "ECDSA");
  }

  @Test
  void rsa(Lab lab) {
    lab.sh("$P $LOGIN --keypairgen --key-type rsa:2048 --id 01 --label rsakey").ok();
    lab.sh("$P -O").ok().says("Public Key Object", "rsakey").doesNotSay("Private Key Object");
    lab.sh("$P $LOGIN -O").ok().says("Public Key Object", "Private Key Object");

    lab.sh("$P --read-object --type pubkey --id 01 -o rsa.der").ok();
    lab.sh("$P $LOGIN --sign --mechanism SHA256-RSA-PKCS --id 01 -i text -o rsa.sig").ok();
    lab.sh("openssl dgst -sha256 -verify rsa.der -keyform DER -signature rsa.sig text").ok();
    lab.sh("$P --verify --mechanism SHA256-RSA-PKCS --id 01 -i text --signature-file rsa.sig")
        .ok()
        .says("Signature is valid");

    lab.sh("$P $LOGIN --delete-object --type privkey --id 01").ok();
    lab.sh("$P $LOGIN -O").ok().doesNotSay("Private Key Object; RSA");
    lab.sh("$P $LOGIN --delete-object --type pubkey --id 01").ok();
    lab.sh("$P -O").ok().doesNotSay("rsakey");
  }

  @ParameterizedTest
  @CsvSource({"prime256v1, sha256, 02", "secp384r1, sha384, 03"})
  void ec(String curve, String hash, String id, Lab lab) {
    lab.env().put("ID", id);
    lab.sh("$P $LOGIN --keypairgen --key-type EC:%s --id $ID --label %s".formatted(curve, curve))
        .ok();
    // pkcs11-tool 0.23 reads no public key of P-384 back, so OpenSSH does.
    lab.sh("ssh-keygen -D $M | grep ' %s$' >ec.pub".formatted(curve)).ok();
    lab.sh("ssh-keygen -e -m PKCS8 -f ec.pub >ec.pem").ok();
    lab.sh("openssl dgst -%s -binary text >digest".formatted(hash)).ok();
    lab.sh(
            """
            $P $LOGIN --sign --mechanism ECDSA --id $ID -i digest -o ec.sig \
              --signature-format openssl\
            """)
        .ok();
    lab.sh("openssl dgst -%s -verify ec.pem -signature ec.sig text".formatted(hash)).ok();
  }

  @Test
  void certificatesAndData(Lab lab) {
    lab.sh(
            """
            openssl req -x509 -newkey rsa:2048 -nodes -keyout soft.key -subj /CN=lab -outform DER \
              -out cert.der\
            """)
        .ok();
    lab.sh("$P $LOGIN --write-object cert.der --type cert --id 0c --label cert").ok();
    lab.sh("$P --read-object --type cert --id 0c -o read.der && cmp cert.der read.der").ok();
    lab.sh("$P $LOGIN --write-object text --type data --label note --application-label lab").ok();
    lab.sh("$P $LOGIN --read-object --type data --label note -o read && cmp text read").ok();
    lab.sh("$P -O").ok().says("Certificate Object", "subject:    DN: CN=lab");

    lab.sh("$P $LOGIN --delete-object --type cert --id 0c").ok();
    lab.sh("$P $LOGIN --delete-object --type data --label note --application-label lab").ok();
    assertEquals(0, lab.sh("$P $LOGIN -O").ok().count("Certificate Object"));
  }

  @Test
  void aWrongPin(Lab lab) {
    lab.sh("$P --login --pin not-the-pin -O").fails().says("CKR_PIN_INCORRECT");
  }

  @Test
  void aNewPin(Lab lab) {
    lab.sh("$P $LOGIN --change-pin --new-pin 4321-new").ok();
    lab.sh("$P $LOGIN -O").fails();
    lab.sh("$P --login --pin 4321-new --change-pin --new-pin $PIN").ok();
    lab.sh("$P $LOGIN -O").ok();
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM 2.6.1 knows OAEP with SHA-1 alone
  void itsOwnTests(Lab lab) {
    lab.sh(
            "$P $LOGIN --keypairgen --key-type rsa:2048 --id 0a --label t --usage-sign"
                + " --usage-decrypt")
        .ok();
    lab.sh("$P $LOGIN --test").ok().says("No errors");
    lab.sh("$P $LOGIN --delete-object --type privkey --id 0a").ok();
    lab.sh("$P $LOGIN --delete-object --type pubkey --id 0a").ok();
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM 2.6.1 has no CKM_ECDSA_SHA1
  void itsOwnTestsOfCurves(Lab lab) {
    lab.sh("$P $LOGIN --session-rw --test-ec --id 0b --key-type EC:prime256v1")
        .ok()
        .doesNotSay("ERR:");
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM 2.6.1 crashes
  void itsOwnTestsOfThreads(Lab lab) {
    lab.sh("pkcs11-tool --module $M --test-threads ILGISLT0 --test-threads ILGISLT0 -L")
        .ok()
        .says("all threads have ended with CKR_OK");
  }

  @Test
  void decryption(Lab lab) {
    lab.sh("$P $LOGIN --keypairgen --key-type rsa:2048 --id 0d --label d --usage-decrypt").ok();
    lab.sh("$P --read-object --type pubkey --id 0d -o d.der").ok();
    for (String padding : List.of("pkcs1 RSA-PKCS", "oaep RSA-PKCS-OAEP --hash-algorithm SHA-1")) {
      String[] names = padding.split(" ", 2);
      lab.sh(
              """
              openssl pkeyutl -encrypt -pubin -inkey d.der -keyform DER \
                -pkeyopt rsa_padding_mode:%s -in text -out encrypted\
              """
                  .formatted(names[0]))
          .ok();
      lab.sh(
              "$P $LOGIN --decrypt --mechanism %s --id 0d -i encrypted -o text2 && cmp text text2"
                  .formatted(names[1]))
          .ok();
    }
  }

  @Test
  void derivation(Lab lab) {
    lab.sh("$P $LOGIN --keypairgen --key-type EC:prime256v1 --id 0e --label x --usage-derive").ok();
    lab.sh("openssl ecparam -name prime256v1 -genkey -noout -out peer.pem").ok();
    lab.sh("openssl ec -in peer.pem -pubout -outform DER -out peer.der").ok();
    lab.sh("$P $LOGIN --derive --mechanism ECDH1-DERIVE --id 0e -i peer.der -o z").ok();
    lab.sh("$P --read-object --type pubkey --id 0e -o own.der").ok();
    lab.sh("openssl pkeyutl -derive -inkey peer.pem -peerkey own.der -peerform DER -out z2").ok();
    lab.sh("cmp z z2").ok();
  }

  @Test
  void random(Lab lab) {
    lab.sh("$P --generate-random 64 -o random").ok();
    lab.sh("test $(stat -c %s random) = 64").ok();
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM answers the child CKR_CRYPTOKI_ALREADY_INITIALIZED
  void forks(Lab lab) {
    lab.sh("pkcs11-tool --module $M --test-fork -L").ok().says("lab").doesNotSay("CKR_", "failed");
  }
}
