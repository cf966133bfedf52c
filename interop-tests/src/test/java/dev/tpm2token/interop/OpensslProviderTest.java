package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Debian13;
import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian 13's OpenSSL, curl and Apache with pkcs11-provider; the module runs in there, too. */
@Documented("openssl-provider")
@Tag("tpm2token-only")
class OpensslProviderTest {
  @BeforeAll
  static void setUp(Lab lab, Guide guide) {
    lab.laptop();
    Debian13.enter(lab);
    guide.run(lab, "Set it up").ok().says("OpenSSL Default Provider", "PKCS#11 Provider");
    lab.env().put("OPENSSL_CONF", lab.dir().resolve("openssl.cnf").toString());
    guide.run(lab, "Make keys").ok().says("made key provider-rsa", "made key provider-ec");
    guide.run(lab, "Requests and certificates").ok();
    lab.sh("cat rsa.crt pss.crt ec.crt >clients.pem").ok();
    lab.write("letter.txt", "Dear reader\n");
    lab.write("request", "GET / HTTP/1.0\r\n\r\n");
  }

  @Test
  void certificatesAreGood(Lab lab) {
    lab.sh("openssl req -in rsa.csr -noout -verify").ok();
    lab.sh("openssl verify -CAfile rsa.crt rsa.crt").ok();
    lab.sh("openssl verify -CAfile pss.crt pss.crt").ok();
    lab.sh("openssl verify -CAfile ec.crt issued.crt").ok();
    lab.sh("openssl x509 -in pss.crt -noout -text").ok().says("rsassaPss");
  }

  @Test
  void signaturesAndDecryption(Lab lab, Guide guide) {
    guide.run(lab, "Sign and decrypt").ok();
    for (String message : new String[] {"rsa", "pss", "ec"}) {
      String certificate = message.equals("ec") ? "ec.crt" : "rsa.crt";
      lab.sh(
              "openssl cms -verify -in %s.p7 -inform PEM -CAfile %s -purpose any"
                  .formatted(message, certificate))
          .ok()
          .says("Dear reader");
    }
    for (String padding : new String[] {"rsa", "ec", "pkcs1", "oaep"}) {
      lab.sh("cat from-%s.txt".formatted(padding)).ok().says("Dear reader");
    }
    lab.sh(
            """
            openssl x509 -in ec.crt -noout -pubkey >ec.pub &&
            openssl dgst -sha384 -verify ec.pub -signature ec.sig letter.txt\
            """)
        .ok();
    String verify =
        "openssl pkeyutl -verify -certin -inkey rsa.crt -in letter.sha256 -pkeyopt digest:sha256 ";
    lab.sh(verify + "-sigfile pkcs1.sig").ok();
    lab.sh(verify + "-sigfile pss.sig -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32")
        .ok();
  }

  @Test
  void aSecretIsAgreedOn(Lab lab, Guide guide) {
    guide.run(lab, "Agree on a secret").ok();
    lab.sh(
            """
            openssl x509 -in ec.crt -noout -pubkey >ec.pub &&
            openssl pkeyutl -derive -inkey peer.key -peerkey ec.pub | cmp - secret\
            """)
        .ok();
  }

  @ParameterizedTest
  @CsvSource({
    "rsa, rsa, -tls1_2",
    "rsa, rsa, -tls1_3",
    "pss, rsa, -tls1_2",
    "pss, rsa, -tls1_3",
    "ec, ec, -tls1_2",
    "ec, ec, -tls1_3"
  })
  void bothSidesOfTls(String certificate, String key, String version, Lab lab) {
    String own =
        "-cert %s.crt -key \"$T;object=provider-%s;type=private?pin-source=file:$PWD/pin.txt\""
            .formatted(certificate, key);
    Server.start(
        lab,
        """
        exec openssl s_server -accept 127.0.0.1:$PORT %s -CAfile clients.pem -Verify 2 \
          -verify_return_error -www -quiet\
        """
            .formatted(own));
    lab.sh(
            "timeout 20 openssl s_client -connect 127.0.0.1:$PORT %s -CAfile %s.crt %s -ign_eof <request"
                .formatted(version, certificate, own))
        .says("HTTP/1.0 200 ok", "Verify return code: 0");
  }

  @Test
  void theClientsOfThePage(Lab lab, Guide guide) {
    Server.tls(lab);
    guide.run(lab, "A client of TLS").says("HTTP/1.0 200 ok", "CN=ec");
    guide.run(lab, "curl").ok().says("CN=ec");
  }

  /** As apacheServes gives it to its workers. */
  @AfterEach
  void takeTheStoreBack(Lab lab) {
    lab.sh("chown -R root store").ok();
  }

  @Test
  void apacheServes(Lab lab, Guide guide) {
    Server.choosePort(lab);
    guide.run(lab, "Apache").ok().says("Syntax OK");
    lab.sh("chmod 711 . && chown -R www-data store").ok();
    // In a session of its own: when it is told to end, Apache ends its whole process group.
    Server.start(
        lab,
        "sed \"s/^Listen.*/Listen 127.0.0.1:$PORT/\" apache.conf >running.conf;"
            + " OPENSSL_CONF=$PWD/apache-openssl.cnf exec setsid apache2 -DFOREGROUND -f"
            + " $PWD/running.conf");
    lab.sh(
            """
            seq 20 | xargs -P 4 -I{} curl -sS --cacert www.crt --resolve localhost:$PORT:127.0.0.1 \
              https://localhost:$PORT/index.html >served; grep -c TPM served\
            """)
        .ok()
        .says("20");
    lab.sh("cat apache.log").ok().doesNotSay("Enter PIN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pin-value=wrong-pin", "pin-source=file:$PWD/wrong.txt"})
  void aWrongPin(String pin, Lab lab) {
    lab.write("wrong.txt", "wrong-pin");
    String request =
        "openssl req -new -key \"$T;object=provider-ec;type=private?" + pin + "\" -subj /CN=ec";
    lab.sh(request).fails().says("Could not find private key");
    lab.sh("PKCS11_PROVIDER_DEBUG=file:/dev/stderr " + request)
        .fails()
        .says("Error 160 returned by C_Login");
  }
}
