package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Server;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NSS's own tools, on one database from its making to its end. */
@Documented("nss")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NssTest {
  @BeforeAll
  static void makeTheDatabase(Lab lab, Guide guide) {
    lab.laptop();
    guide
        .run(lab, "Add the module to a database")
        .ok()
        .says("tpm2-token", "Token Name: laptop", "Added ");
    lab.sh("modutil -dbdir sql:home/.pki/nssdb -list </dev/null").ok().says("token: laptop");
    guide.run(lab, "Make keys and certificates").ok();
    guide.run(lab, "List them").ok().says("laptop:nss-rsa", "rsaPss", "ec ", "u,u,u");
    lab.sh("openssl req -in request.pem -noout -verify").ok();
  }

  @Test
  @Order(1)
  void certificatesAreGood(Lab lab) {
    lab.sh("openssl verify -CAfile rsa.crt rsa.crt && openssl verify -CAfile ec.crt ec.crt").ok();
    lab.sh(
            """
            certutil -L -d sql:db -h laptop -f pin.txt -n laptop:nss-pss -a >pss.crt &&
              openssl verify -CAfile pss.crt pss.crt && openssl x509 -in pss.crt -noout -text\
            """)
        .ok()
        .says("rsassaPss");
  }

  @Test
  @Order(2)
  void aKeyComesFromElsewhere(Lab lab, Guide guide) {
    Server.certificate(lab);
    lab.write("p12-password.txt", "abc");
    lab.sh(
            """
            openssl pkcs12 -export -inkey server.key -in server.crt -certfile ca.crt -name other \
              -passout pass:abc -out other.p12\
            """)
        .ok();
    guide.run(lab, "Bring a key and its certificate from elsewhere").ok().says("IMPORT SUCCESSFUL");
    lab.sh("certutil -K -d sql:db -h laptop -f pin.txt").ok().says("other");
  }

  @Test
  @Order(3)
  void mail(Lab lab, Guide guide) {
    lab.write("letter.txt", "Dear reader\n");
    lab.sh("openssl cms -encrypt -in letter.txt -outform DER -out encrypted.p7m rsa.crt").ok();
    guide.run(lab, "Sign and decrypt mail").ok();
    lab.sh("cat decrypted.txt").ok().says("Dear reader");
    lab.sh("openssl cms -verify -in letter.p7s -inform DER -CAfile rsa.crt -purpose any")
        .ok()
        .says("Dear reader");
  }

  @ParameterizedTest
  @CsvSource({"rsa, tls1.2", "rsa, tls1.3", "ec, tls1.2", "ec, tls1.3"})
  @Order(4)
  void aClientOfTls(String key, String version, Lab lab) {
    lab.write("request", "GET / HTTP/1.0\r\n\r\n");
    lab.sh("cat rsa.crt ec.crt >clients.pem").ok();
    Server.tls(lab);
    lab.sh("certutil -A -d sql:db -n ca -t CT,C,C -i ca.crt -f /dev/null").ok();
    lab.sh(
            """
            timeout 20 tstclnt -4 -h localhost -p $PORT -d sql:db -n laptop:nss-%s -W pin.txt \
              -V %s:%s <request\
            """
                .formatted(key, version, version))
        .says("HTTP/1.0 200 ok", "CN=" + key);
  }

  @Test
  @Order(5)
  void eightThreadsAtOnce(Lab lab) {
    lab.sh("cat rsa.crt ec.crt >clients.pem").ok();
    Server.tls(lab);
    lab.sh(
            """
            timeout 60 strsclnt -4 -p $PORT -d sql:db -n laptop:nss-ec -w $PIN -c 40 -t 8 -N \
              -o localhost\
            """)
        .says("NoReuse - 40 server certificates tested.")
        .doesNotSay("error");
  }

  @ParameterizedTest
  @CsvSource({"rsa, -tls1_2", "rsa, -tls1_3", "ec, -tls1_2", "ec, -tls1_3"})
  @Order(6)
  @Tag("tpm2token-only") // selfserv with an RSA key of SoftHSM's ends at the first connection
  void aServerOfTls(String key, String version, Lab lab) {
    Server.start(
        lab,
        "exec selfserv -d sql:db -%s laptop:nss-%s -p $PORT -w $PIN -V tls1.2:tls1.3"
            .formatted(key.equals("ec") ? "e" : "n", key));
    lab.sh(
            "openssl s_client -connect 127.0.0.1:$PORT %s -CAfile %s.crt </dev/null"
                .formatted(version, key))
        .ok()
        .says("Verification: OK");
  }

  @Test
  @Order(7)
  @Tag("tpm2token-only") // the TPM is asked how many it has counted
  void aWrongPinIsTriedOnTheTpmOnce(Lab lab) {
    lab.write("wrong.txt", "wrong-pin");
    lab.sh("certutil -K -d sql:db -h laptop -f wrong.txt").fails().says("SEC_ERROR_BAD_PASSWORD");
    lab.sh("tpm2_getcap -T $TPM2_TOKEN_TCTI properties-variable | grep LOCKOUT_COUNTER")
        .ok()
        .says("0x1");
    assertEquals(0, lab.sh("certutil -K -d sql:db -h laptop -f pin.txt").ok().count("wrong"));
  }

  @Test
  @Order(8)
  void anAuthorityAndCode(Lab lab, Guide guide) {
    guide
        .run(lab, "Be an authority, and sign code")
        .ok()
        .says("has passed crypto verification", "verified   letter.txt");
    lab.sh(
            """
            certutil -L -d sql:db -h laptop -f pin.txt -n laptop:nss-authority -a >authority.crt &&
              openssl verify -CAfile authority.crt issued.pem\
            """)
        .ok();
    lab.sh("pk12util -o out.p12 -n laptop:nss-rsa -d sql:db -k pin.txt -w p12-password.txt")
        .fails()
        .says("SEC_ERROR_PKCS12_UNABLE_TO_EXPORT_KEY");
  }

  @Test
  @Order(9)
  void thePinIsChangedAndACertificateGoes(Lab lab, Guide guide) {
    lab.write("new-pin.txt", "another-pin");
    guide.run(lab, "Change the PIN").ok().says("password changed");
    lab.sh("certutil -K -d sql:db -h laptop -f pin.txt").fails();
    guide.run(lab, "Delete a certificate").ok();
    lab.sh("certutil -L -d sql:db -h laptop -f new-pin.txt")
        .ok()
        .says("laptop:nss-rsa")
        .doesNotSay("laptop:nss-pss");
  }
}
