package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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
                "cert self-sign --label web --pin-file @pin --days 10 --subject /CN=localhost/O=Lab"
                    + " --dns localhost --ip 127.0.0.1 --for server --for client")
            .ok()
            .out();
    X509Certificate made = certificate(pem);
    made.verify(made.getPublicKey());
    assertEquals("O=Lab,CN=localhost", made.getSubjectX500Principal().getName());
    assertEquals(2, made.getSubjectAlternativeNames().size());
    assertEquals(2, made.getExtendedKeyUsage().size());
    assertTrue(made.getKeyUsage()[0], "digitalSignature");
    assertEquals(type.startsWith("rsa"), made.getKeyUsage()[2], "keyEncipherment: RFC 8813, 3");
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
        .says("wants a distinguished name");
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

  /** A renewal: the same key, label and id. */
  @Test
  void twoCertificatesOfAKeyAreToldApart() {
    command.run("key generate --label web --pin-file @pin").ok();
    String line = "cert self-sign --label web --subject CN=x --pin-file @pin --json";
    String first = command.run(line).ok().json().get("fingerprint").asString();
    String second = command.run(line).ok().json().get("fingerprint").asString();
    command
        .run("cert delete --label web --yes")
        .fails(ExitStatus.NOT_FOUND)
        .says("there are 2 such certificates in lab", "--fingerprint", first, second, "unique id");
    command.run("cert list").ok().says(first, second);
    command.write("one.crt", command.run("cert export --fingerprint " + first).ok().out());
    command.shell(
        "openssl x509 -in one.crt -noout -fingerprint -sha256 | sed 's/.*=//' >fingerprint");
    command.run("cert delete --yes --fingerprint " + command.read("fingerprint").strip()).ok();
    assertEquals(
        second,
        command
            .run("cert list --label web --json")
            .ok()
            .json()
            .at("/certificates/0/fingerprint")
            .asString());
    command.run("cert delete --label web --yes").ok();
  }

  @Test
  void theCertificatesOfAChainThatAreThereArePassedOver() {
    command.shell(
        """
        openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=ca -out ca.crt
        for n in 1 2; do
          openssl req -newkey rsa:2048 -nodes -keyout $n.key -subj /CN=leaf$n -out $n.csr
          openssl x509 -req -in $n.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out $n.crt
          cat $n.crt ca.crt >chain$n.crt
        done
        """);
    command.run("cert import --label web @chain1.crt").ok().says("web  CN=leaf1", "ca  CN=ca");
    command
        .run("cert import @chain2.crt")
        .ok()
        .says("leaf2  CN=leaf2", "in the token already: ca  CN=ca");
    command
        .run("cert import @chain2.crt")
        .fails(ExitStatus.REFUSED)
        .says("all of them are in the token already: leaf2, ca");
    assertEquals(3, command.run("cert list --json").ok().json().get("certificates").size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "openssl x509 -in crt -outform DER -out given",
        "openssl x509 -in crt -trustout -addtrust serverAuth -out given",
        "openssl crl2pkcs7 -nocrl -certfile crt -out given",
        "openssl crl2pkcs7 -nocrl -certfile crt -outform DER -out given",
        "openssl cms -sign -signer crt -inkey key -in crt -nodetach -outform PEM -out given",
        "(printf '\\xef\\xbb\\xbf'; cat crt) >given",
      })
  void certificatesInFilesOfEveryForm(String line) {
    command.shell(
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout key -subj /CN=x -out crt;" + line);
    command.run("cert import @given").ok().says("x  CN=x");
    command.write("back", command.run("cert export --label x").ok().out());
    command.shell("openssl x509 -in crt -out crt; cmp crt back");
  }

  @Test
  void namesAreWrittenAsX509HasThem() throws Exception {
    command.run("key generate --label web --pin-file @pin").ok();
    String[] line = {
      "cert", "self-sign", "--label", "web", "--pin-file", command.dir() + "/pin", "--subject"
    };
    X509Certificate made =
        certificate(
            command
                .typed(
                    with(
                        line,
                        "/CN=B\u00fccher \\/ \u00c4pfel/O=a+OU=#b",
                        "--dns",
                        "b\u00fccher.example",
                        "--dns",
                        "*.example.org",
                        "--email",
                        "a.b@b\u00fccher.example",
                        "--uri",
                        "https://example.org/"))
                .ok()
                .out());
    assertEquals(
        "O=a+OU=\\#b,CN=B\u00fccher / \u00c4pfel", made.getSubjectX500Principal().getName());
    assertEquals(
        List.of(
            "xn--bcher-kva.example",
            "*.example.org",
            "a.b@xn--bcher-kva.example",
            "https://example.org/"),
        made.getSubjectAlternativeNames().stream().map(name -> name.get(1)).toList());
    command
        .typed(with(line, "CN=x", "--email", "x\u00e4@example.org"))
        .fails(ExitStatus.USAGE)
        .says("in ASCII but for the domain");
    command
        .typed(with(line, "CN=x", "--dns", "a b"))
        .fails(ExitStatus.USAGE)
        .says("cannot be 'a b'");
    command
        .typed(with(line, "CN=x", "--dns", "fa\u00df.example"))
        .fails(ExitStatus.USAGE)
        .says("give its form in ASCII");
    command
        .typed(with(line, "CN=x,DC=\u00e4"))
        .fails(ExitStatus.USAGE)
        .says("has letters that DC cannot have");
  }

  private static String[] with(String[] line, String... more) {
    return Stream.concat(Arrays.stream(line), Arrays.stream(more)).toArray(String[]::new);
  }

  /** RFC 5280, 4.2.1.6: then the names are all there is, and critical. */
  @Test
  void aRequestOfNoSubject() {
    command.run("key generate --label web --pin-file @pin").ok();
    command.write(
        "csr",
        command.run("csr --label web --pin-file @pin --subject  --dns a.example").ok().out());
    command.shell("openssl req -in csr -noout -text | grep -A1 'Alternative Name: critical'");
  }

  @Test
  void aLabelIsNeverPrintedRaw() {
    command.run("key generate --label web --pin-file @pin").ok();
    String[] line = {"key", "label", "--label", "web", "--pin-file", command.dir() + "/pin"};
    command.typed(with(line, "a\033[31m")).fails(ExitStatus.USAGE).says("no control characters");
    command.shell(
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout k -subj '/CN=a\033b' -out crt");
    for (String each : new String[] {"cert import @crt", "cert list", "cert delete --yes"}) {
      assertFalse(command.run(each).ok().says("a?b").out().contains("\033"), each);
    }
  }

  @Test
  void sshReadsThePathOfAModule() {
    for (String name : new String[] {"with space.so", "it's.so", "a#b.so"}) {
      command.write(name, "");
      command.write(
          "config",
          command.typed("ssh", "config", "--module", command.dir() + "/" + name).ok().out());
      command.shell("ssh -G -F config host >seen");
      assertTrue(
          command.read("seen").contains("pkcs11provider " + command.dir() + "/" + name + "\n"),
          name);
    }
    command.write("a\"b.so", "");
    command
        .typed("ssh", "config", "--module", command.dir() + "/a\"b.so")
        .fails(ExitStatus.USAGE)
        .says("a character that ssh_config cannot have");
    command
        .typed("ssh", "config", "--module", command.dir() + "/pin", "--host", "a\nHost *")
        .fails(ExitStatus.USAGE);
  }
}
