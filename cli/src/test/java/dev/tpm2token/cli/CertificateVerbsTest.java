package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** cert, csr and ssh; the JDK reads what they print. */
class CertificateVerbsTest {
  private final CommandRun command = new CommandRun();

  @BeforeEach
  void makeAToken() {
    command.token("lab");
  }

  @AfterEach
  void end() {
    command.close();
  }

  private static X509Certificate certificate(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa:2048", "ec:p256", "ec:p384", "ec:p521"})
  void aKeyCertifiesItself(String type) throws Exception {
    command.run("key generate --label web --pin-file @pin --type " + type).ok();
    String pem =
        command
            .run(
                "cert self-sign --label web --pin-file @pin --days 10 --subject CN=localhost,O=Lab"
                    + " --dns localhost --ip 127.0.0.1 --for server --for client")
            .ok()
            .out();
    X509Certificate made = certificate(pem);
    made.verify(made.getPublicKey());
    assertEquals("O=Lab,CN=localhost", made.getSubjectX500Principal().getName());
    assertEquals(2, made.getSubjectAlternativeNames().size());
    assertEquals(2, made.getExtendedKeyUsage().size());
    assertEquals(pem, command.run("cert export --label web").ok().out());
    String id = command.run("cert list --json").ok().json().at("/certificates/0/id").asString();
    assertEquals(
        id, command.run("list --json").ok().json().at("/tokens/0/objects/0/id").asString());
    command.run("cert delete --label web").fails(ExitStatus.REFUSED).says("--yes");
    command.run("cert delete --label web --yes").ok();
    command.write("web.crt", pem);
    assertEquals(
        id,
        command.run("cert import --json @web.crt").ok().json().at("/certificates/0/id").asString());
    command.run("cert import @web.crt").fails(ExitStatus.REFUSED).says("in the token already");
  }

  @Test
  void mistakesWithCertificates() {
    command.run("cert import @none.crt").fails(ExitStatus.NOT_FOUND).says("cannot be read");
    command.run("cert import @pin").fails(ExitStatus.FAILED).says("holds no X.509 certificate");
    command.run("cert export --label web").fails(ExitStatus.NOT_FOUND).says("no such certificate");
    command
        .run("csr --label web --subject CN=x --pin-file @pin")
        .fails(ExitStatus.NOT_FOUND)
        .says("no such private key in lab");
    command.run("key generate --label web --pin-file @pin").ok();
    command
        .run("csr --label web --subject nonsense --pin-file @pin")
        .fails(ExitStatus.USAGE)
        .says("does not make a certification request");
    command.run("csr --label web --pin-file @pin").fails(ExitStatus.USAGE).says("--subject");
  }

  @Test
  void aRequest() {
    command.run("key generate --label web --pin-file @pin").ok();
    command
        .run("csr --label web --subject CN=www.example.org --dns www.example.org --pin-file @pin")
        .ok()
        .says("BEGIN CERTIFICATE REQUEST");
  }

  @Test
  void publicKeysForOpenSsh() {
    command.run("ssh public").fails(ExitStatus.NOT_FOUND).says("key generate makes one");
    command.run("key generate --label one --pin-file @pin").ok();
    command.run("key generate --label two --type rsa:2048 --pin-file @pin").ok();
    command.run("ssh public").ok().says("ecdsa-sha2-nistp256 AAAA", " one", "ssh-rsa AAAA", " two");
    assertTrue(command.run("ssh public --label two").ok().out().startsWith("ssh-rsa AAAA"));
    command.run("ssh config --module @none").fails(ExitStatus.NOT_FOUND).says("there is no module");
    command
        .run("ssh config --module @pin --host *.example.org")
        .ok()
        .says("Host *.example.org", "PKCS11Provider /");
  }
}
