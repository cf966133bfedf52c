package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Server;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenSSL with the pkcs11 engine of libp11, which never finalizes a module. */
@Documented("openssl-engine")
@Tag("tpm2token-only")
class OpensslEngineTest {
  /** A key of the token as the engine wants it. */
  private static final String KEY =
      "-engine pkcs11 -keyform engine -key"
          + " \"$T;object=engine-%s;type=private?pin-source=$PWD/pin.txt\"";

  @BeforeAll
  static void setUp(Lab lab, Guide guide) {
    lab.laptop();
    guide.run(lab, "Set it up").ok();
    guide.run(lab, "Make keys").ok().says("made key engine-rsa", "made key engine-ec");
    guide.run(lab, "Requests and certificates").ok();
    lab.sh("cat rsa.crt ec.crt >clients.pem").ok();
    lab.write("letter.txt", "Dear reader\n");
    lab.write("request", "GET / HTTP/1.0\r\n\r\n");
  }

  @Test
  void certificatesAreGood(Lab lab) {
    lab.sh("openssl req -in rsa.csr -noout -verify").ok();
    lab.sh("openssl verify -CAfile rsa.crt rsa.crt").ok();
    lab.sh("openssl verify -CAfile ec.crt issued.crt").ok();
  }

  @Test
  void signaturesAndDecryption(Lab lab, Guide guide) {
    guide.run(lab, "Sign and decrypt").ok();
    for (String decrypted : new String[] {"decrypted.txt", "from-pkcs1.txt", "from-oaep.txt"}) {
      lab.sh("cmp letter.txt " + decrypted).ok();
    }
    lab.sh("openssl cms -verify -in letter.p7 -inform PEM -CAfile rsa.crt -purpose any")
        .ok()
        .says("Dear reader");
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
  @CsvSource({"rsa, -tls1_2", "rsa, -tls1_3", "ec, -tls1_2", "ec, -tls1_3"})
  void bothSidesOfTls(String key, String version, Lab lab) {
    Server.start(
        lab,
        ("OPENSSL_CONF=$PWD/openssl.cnf exec openssl s_server -accept 127.0.0.1:$PORT -cert %s.crt -CAfile clients.pem -Verify 2"
                    .formatted(key)
                + " -verify_return_error -www -quiet ")
            + KEY.formatted(key));
    lab.sh(
            "OPENSSL_CONF=$PWD/openssl.cnf timeout 20 openssl s_client -connect 127.0.0.1:$PORT %s -CAfile %s.crt -cert %s.crt -ign_eof %s <request"
                .formatted(version, key, key, KEY.formatted(key)))
        .says("HTTP/1.0 200 ok", "Verify return code: 0");
  }

  @Test
  void theClientOfThePage(Lab lab, Guide guide) {
    Server.tls(lab);
    guide.run(lab, "A client of TLS").says("HTTP/1.0 200 ok", "CN=ec");
  }

  @Test
  void aWrongPin(Lab lab) {
    lab.sh(
            """
            OPENSSL_CONF=$PWD/openssl.cnf openssl req -new -engine pkcs11 -keyform engine \
              -key "$T;object=engine-ec;type=private;pin-value=wrong-pin" -subj /CN=ec </dev/null\
            """)
        .fails()
        .says("ERR_CKR_error:PIN incorrect");
  }
}
