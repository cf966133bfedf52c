package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.OpensslEngine;
import dev.tpm2token.interop.harness.Server;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** curl with a certificate and its key on the token. */
@Documented("curl")
@Tag("tpm2token-only")
class CurlTest {
  @BeforeAll
  static void makeACertificate(Lab lab, Guide guide) {
    lab.laptop();
    OpensslEngine.configure(lab);
    guide.run(lab, "Put a certificate beside the key").ok();
    lab.sh("cp curl.crt clients.pem").ok();
    Server.tls(lab);
  }

  @Test
  void itIsShown(Lab lab, Guide guide) {
    guide.run(lab, "Show it to a server").ok().says("CN=curl");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--tls-max 1.2", "--tlsv1.3"})
  void bothVersionsOfTls(String version, Lab lab) {
    lab.sh(
            """
            OPENSSL_CONF=$PWD/openssl.cnf curl -sS %s --cacert ca.crt \
              --resolve localhost:$PORT:127.0.0.1 --cert "$T;object=curl;type=cert" \
              --key "$T;object=curl;type=private;pin-value=$PIN" https://localhost:$PORT/\
            """
                .formatted(version))
        .ok()
        .says("CN=curl");
  }

  @Test
  void aWrongPin(Lab lab) {
    lab.sh(
            """
            OPENSSL_CONF=$PWD/openssl.cnf curl -sS --cacert ca.crt \
              --resolve localhost:$PORT:127.0.0.1 --cert "$T;object=curl;type=cert" \
              --key "$T;object=curl;type=private;pin-value=wrong-pin" https://localhost:$PORT/\
            """)
        .fails()
        .says("curl: (58) failed to load private key from crypto engine");
  }
}
