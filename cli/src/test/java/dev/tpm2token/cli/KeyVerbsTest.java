package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** key and srk, with files that OpenSSH and OpenSSL write. */
class KeyVerbsTest {
  private static final String RSA = "openssl genrsa 2048 >rsa 2>&1;";
  private static final String EC = "openssl ecparam -name prime256v1 -genkey -noout -out ec;";

  private final CommandRun command = new CommandRun();

  @BeforeEach
  void makeAToken() {
    command.token("lab");
    command.write("pass", "open sesame\n");
    command.write("wrong", "open barley\n");
  }

  @AfterEach
  void end() {
    command.close();
  }

  /** The key of the label is the one of this file, as OpenSSL sees its public half. */
  private void assertIs(String label, String file) {
    command.shell("openssl pkey -in %s -passin file:pass -pubout -out expected".formatted(file));
    assertEquals(
        command.read("expected"), command.run("key export --public --label " + label).ok().out());
    assertSigns(label);
  }

  private void assertSigns(String label) {
    command.write(
        "made.crt",
        command.run("cert self-sign --subject CN=x --pin-file @pin --label " + label).ok().out());
    command.shell("openssl verify -CAfile made.crt made.crt");
    command.run("cert delete --yes --label " + label).ok();
  }

  private void importKey(String file) {
    command.run("key import --label key --pin-file @pin --passphrase-file @pass @" + file).ok();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        RSA + "openssl rsa -in rsa -traditional -out key",
        RSA + "openssl rsa -in rsa -traditional -outform DER -out key",
        RSA + "openssl rsa -in rsa -traditional -aes128 -passout file:pass -out key",
        RSA + "openssl rsa -in rsa -traditional -des3 -passout file:pass -out key",
        RSA + "openssl pkey -in rsa -out key",
        RSA + "openssl pkcs8 -topk8 -in rsa -passout file:pass -out key",
        RSA + "openssl pkcs8 -topk8 -in rsa -passout file:pass -outform DER -out key",
        RSA
            + "openssl pkcs8 -topk8 -in rsa -v2 des3 -v2prf hmacWithSHA1 -passout file:pass -out"
            + " key",
        RSA + "openssl pkcs8 -topk8 -in rsa -scrypt -passout file:pass -out key",
        RSA + "openssl pkcs8 -topk8 -in rsa -v1 PBE-SHA1-3DES -passout file:pass -out key",
        EC + "openssl ec -in ec -out key",
        EC + "openssl ecparam -name prime256v1 -genkey -out key",
        EC + "openssl ec -in ec -outform DER -out key",
        EC + "openssl ec -in ec -aes256 -passout file:pass -out key",
        EC + "openssl pkcs8 -topk8 -in ec -nocrypt -outform DER -out key",
        "openssl ecparam -name secp384r1 -genkey -noout -out key",
        "openssl ecparam -name secp521r1 -genkey -noout -out key",
      })
  void keysThatOpensslWrote(String line) {
    command.shell(line);
    importKey("key");
    assertIs("key", "key");
    command.run("key list --pin-file @pin").ok().says("from elsewhere");
  }

  @Test
  void aKeyThatIsForPssAlone() {
    command.shell("openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out key");
    importKey("key");
    assertSigns("key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-t rsa -b 2048 -N ''",
        "-t ecdsa -b 256 -N ''",
        "-t rsa -b 3072 -N 'open sesame'",
        "-t ecdsa -b 384 -N 'open sesame' -a 4",
        "-t ecdsa -b 521 -N 'open sesame' -Z aes256-gcm@openssh.com",
        "-t ecdsa -N 'open sesame' -Z aes128-cbc",
        "-t rsa -b 2048 -N 'open sesame' -m PEM",
        "-t rsa -b 2048 -N 'open sesame' -m PKCS8",
      })
  void keysThatOpensshWrote(String arguments) {
    command.shell("ssh-keygen -q -C '' -f key " + arguments);
    importKey("key");
    assertEquals(
        command.read("key.pub").strip() + " key", command.run("ssh public").ok().out().strip());
    assertSigns("key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-legacy", "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1"})
  void pkcs12BringsItsCertificates(String options) {
    command.shell(
        RSA
            + "openssl req -x509 -key rsa -subj /CN=holder -out crt;"
            + " openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=issuer -out ca;"
            + " openssl pkcs12 -export -inkey rsa -in crt -certfile ca -name friend -out key"
            + " -passout file:pass "
            + options);
    command
        .run("key import --pin-file @pin --passphrase-file @pass @key")
        .ok()
        .says("imported key friend", "CN=holder", "CN=issuer");
    assertIs("friend", "rsa");
    var list = command.run("cert list --json --label holder").ok().json();
    assertEquals(
        list.at("/certificates/0/id").asString(),
        command.run("key list --json --pin-file @pin").ok().json().at("/keys/0/id").asString());
  }

  @Test
  void mistakesOfImport() {
    command.shell(RSA + "openssl pkcs8 -topk8 -in rsa -passout file:pass -out key");
    String line = "key import --label k --pin-file @pin ";
    command
        .run(line + "--passphrase-file @wrong @key")
        .fails(ExitStatus.PIN)
        .says("key: the passphrase is wrong");
    command.run(line + "@key").fails(ExitStatus.PIN).says("give --passphrase-file FILE");
    command.run(line + "@none").fails(ExitStatus.NOT_FOUND).says("none cannot be read");
    command.run(line + "@pin").fails(ExitStatus.FAILED).says("not of a form known here");
    command.run(line.strip()).fails(ExitStatus.USAGE).says("either FILE or --handle");
    command.shell("ssh-keygen -q -t ed25519 -N '' -f other");
    command.run(line + "@other").fails(ExitStatus.FAILED).says("it holds an Ed25519 key");
    command.run(line + "@other.pub").fails(ExitStatus.FAILED);
    command.run(line + "@rsa").ok();
    command.run(line + "@rsa").fails(ExitStatus.REFUSED).says("that key is in lab already: k");
    command.shell("ssh-keygen -q -t ecdsa -N 'open sesame' -f ssh");
    command.run(line + "--passphrase-file @wrong @ssh").fails(ExitStatus.PIN);
    command.shell("openssl ecparam -name secp256k1 -genkey -noout -out k1");
    command.run(line + "@k1").fails(ExitStatus.FAILED).says("not a curve known here");
  }

  /** The article's create_tpm2_key -w, and back into a token. */
  @Test
  void aWrappedKeyKeepsItsPassphrase() throws IOException {
    command.shell("ssh-keygen -q -t rsa -b 2048 -C '' -N 'open sesame' -f id_rsa");
    command
        .run("key wrap --passphrase-file @pass @id_rsa @id_rsa.tpm")
        .ok()
        .says("for the storage key 0x81000001");
    assertTrue(command.read("id_rsa.tpm").startsWith("-----BEGIN TSS2 PRIVATE KEY-----"));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(command.dir().resolve("id_rsa.tpm"))));
    command
        .run("key import --pin-file @pin --passphrase-file @wrong @id_rsa.tpm")
        .fails(ExitStatus.PIN)
        .says("not the password of the key");
    command.run("key import --pin-file @pin --passphrase-file @pass @id_rsa.tpm").ok();
    assertEquals(
        command.read("id_rsa.pub").strip() + " id_rsa",
        command.run("ssh public").ok().out().strip());
    assertSigns("id_rsa");
    command
        .run("key wrap --passphrase-file @pass @id_rsa @id_rsa.tpm")
        .fails(ExitStatus.REFUSED)
        .says("is there already");
    command.run("key wrap @id_rsa.tpm @x").fails(ExitStatus.REFUSED).says("a TPM's key already");
    command.write("long", "a password that is longer than a digest has octets\n");
    command
        .run("key wrap --passphrase-file @pass --new-passphrase-file @long @id_rsa")
        .fails(ExitStatus.PIN)
        .says("32 octets at most");
    command.run("key wrap @none").fails(ExitStatus.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--ecc", "--rsa"})
  void aKeyForAnotherMachine(String storageKey) {
    try (CommandRun other = new CommandRun()) {
      other
          .run("srk export")
          .fails(ExitStatus.NOT_FOUND)
          .says("there is no storage key at 0x81000001 yet: tpm2-token provision makes it");
      other.run("provision " + storageKey).ok();
      command.write("srk.pub", other.run("srk export").ok().out());
      command.shell(RSA);
      other.write(
          "key.tpm", command.run("key wrap --for @srk.pub --no-passphrase @rsa").ok().out());
      command
          .run("key import --pin-file @pin --label k @srk.pub")
          .fails(ExitStatus.FAILED)
          .says("that is a public key");
      command.write("key.tpm", other.read("key.tpm"));
      command
          .run("key import --pin-file @pin @key.tpm")
          .fails(ExitStatus.TPM)
          .says("not for this TPM");
      other.token("there");
      other.run("key import --pin-file @pin @key.tpm").ok().says("imported key key into there");
      command.shell("openssl pkey -in rsa -pubout -out expected");
      assertEquals(
          command.read("expected"), other.run("key export --public --label key").ok().out());
      other.run("srk export --tss @srk.tss").ok().says("Name 000b");
      other.run("srk export --tss").fails(ExitStatus.USAGE);
      other.run("key wrap --for @srk.tss @none").fails(ExitStatus.NOT_FOUND);
      command.run("key wrap --for @rsa @rsa").fails(ExitStatus.FAILED).says("holds no storage key");
    }
  }

  @Test
  void aKeyOfTheTokenForOthers() {
    command.run("key generate --label web --pin-file @pin").ok().says("made key web");
    command
        .run("key export --tss2 --label web --pin-file @pin --no-passphrase @web.tpm")
        .ok()
        .says("for the storage key 0x81000001");
    command.run("key export --label web").fails(ExitStatus.USAGE).says("--tss2");
    command.run("key export --public --label no").fails(ExitStatus.NOT_FOUND);
    command
        .run("key import --pin-file @pin @web.tpm")
        .fails(ExitStatus.REFUSED)
        .says("is in lab already");
    command.run("key delete --label web --pin-file @pin").fails(ExitStatus.REFUSED).says("--yes");
    command.run("key delete --label web --pin-file @pin --yes").ok();
    assertEquals(0, command.run("list --json").ok().json().at("/tokens/0/objects").size());
    command.run("key import --pin-file @pin @web.tpm").ok();
    assertSigns("web");
  }

  @Test
  void aKeyThatTheTpmKeeps() {
    command.tool(
        "tpm2_createprimary",
        "-C",
        "o",
        "-G",
        "rsa2048",
        "-p",
        "open sesame",
        "-a",
        "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign|decrypt",
        "-c",
        "key.ctx");
    command.tool("tpm2_evictcontrol", "-C", "o", "-c", "key.ctx", "0x81000042");
    String line = "key import --label kept --pin-file @pin --handle ";
    command.run(line + "81000043").fails(ExitStatus.NOT_FOUND).says("the TPM has no such key");
    command.run(line + "81000042").fails(ExitStatus.PIN).says("--passphrase-file");
    command.run(line + "81000001").fails(ExitStatus.FAILED).says("a restricted one");
    command.run(line + "0x81000042 --passphrase-file @pass").ok();
    assertSigns("kept");
    command.run("key list --pin-file @pin").ok().says("under TPM 0x81000042");
    command
        .run("key export --tss2 --no-passphrase --label kept --pin-file @pin")
        .fails(ExitStatus.REFUSED);
  }

  @Test
  void aKeyBoundToPcrs() {
    command
        .run("key generate --label boot --pcr sha256:7,16 --pin-file @pin")
        .ok()
        .says("bound to PCR sha256:7,16");
    assertSigns("boot");
    command.run("key list --pin-file @pin").ok().says("bound to PCR sha256:7,16");
    command.tool("tpm2_pcrextend", "16:sha256=" + "5a".repeat(32));
    command
        .run("cert self-sign --subject CN=x --pin-file @pin --label boot")
        .fails(ExitStatus.FAILED)
        .says("bound to the PCR sha256:7,16", "started with something else");
    command
        .run("key generate --label b --pcr sha256:99 --pin-file @pin")
        .fails(ExitStatus.USAGE)
        .says("names no PCR");
    command
        .run("key generate --label b --pcr sm3_256:7 --pin-file @pin")
        .fails(ExitStatus.FAILED)
        .says("this TPM has no PCR sm3_256:7");
  }

  @Test
  void keysAreListedAndRelabelled() {
    command.run("key list --pin-file @pin").ok().says("no key in lab");
    command.run("key generate --label a --pin-file @pin --id 0a").ok();
    command.run("key generate --label b --pin-file @pin --always-authenticate").ok();
    command
        .run("key list --pin-file @pin")
        .ok()
        .says("a  EC P-256, made in the TPM, id 0a", "wants the PIN each time");
    command.run("key label --label a --pin-file @pin c").ok().says("is called c now");
    command.run("ssh public --label c").ok();
    command.run("key label --pin-file @pin d").fails(ExitStatus.NOT_FOUND).says("say which");
    command.run("key label --label a --pin-file @pin d").fails(ExitStatus.NOT_FOUND);
    command.run("key label --label c --pin-file @pin").fails(ExitStatus.USAGE);
    command.run("key list --pin-file @so-pin").fails(ExitStatus.PIN);
    command.run("key delete --label none --pin-file @pin").fails(ExitStatus.NOT_FOUND);
  }

  @Test
  void keysOfOneLabelAreToldApart() {
    command.run("key generate --label a --pin-file @pin --id 0a").ok();
    command.run("key generate --label a --pin-file @pin --id 0b").ok();
    command
        .run("key delete --label a --pin-file @pin --yes")
        .fails(ExitStatus.NOT_FOUND)
        .says("there are 2 such private keys in lab", "--unique-id", "id 0a, unique id", "id 0b");
    String first =
        command
            .run("key list --id 0a --pin-file @pin --json")
            .ok()
            .json()
            .at("/keys/0/uniqueId")
            .asString();
    command.run("key list --pin-file @pin").ok().says("unique id " + first);
    command.run("key delete --pin-file @pin --yes --unique-id " + first).ok();
    assertEquals(
        "0b",
        command.run("key list --pin-file @pin --json").ok().json().at("/keys/0/id").asString());
  }

  /** An id names one key; its own public half may have it before. */
  @Test
  void anIdIsForOneKey() {
    command.shell(RSA + EC);
    command.run("key import --label a --pin-file @pin --id 0102 @rsa").ok();
    command
        .run("key import --label b --pin-file @pin --id 01:02 @ec")
        .fails(ExitStatus.REFUSED)
        .says("the key a of lab has the id");
    command.run("key generate --label b --pin-file @pin --id 0102").fails(ExitStatus.REFUSED);
  }

  /** OpenSSL's empty password is two NUL, GnuTLS's null one is nothing at all. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "openssl pkcs12 -export -inkey rsa -in crt -out key -passout pass:",
        "openssl pkcs12 -export -inkey rsa -in crt -out key -passout pass: -legacy",
        "openssl pkcs12 -export -inkey rsa -in crt -out key -passout pass: -nomac",
        "certtool --to-p12 --load-privkey rsa --load-certificate crt --p12-name x --null-password"
            + " --outder --outfile key",
        "certtool --to-p12 --load-privkey rsa --load-certificate crt --p12-name x --empty-password"
            + " --outder --outfile key",
      })
  void pkcs12WithoutAPassword(String line) {
    command.shell(RSA + "openssl req -x509 -key rsa -subj /CN=holder -out crt;" + line);
    command.write("nothing", "");
    command
        .run("key import --label key --pin-file @pin --passphrase-file @wrong @key")
        .fails(ExitStatus.PIN)
        .says("the passphrase is wrong");
    command
        .run("key import --label key --pin-file @pin --passphrase-file @nothing @key")
        .ok()
        .says("CN=holder");
    assertIs("key", "rsa");
  }

  @Test
  void pkcs12OfGnutls() {
    command.shell(
        RSA
            + "openssl req -x509 -key rsa -subj /CN=holder -out crt; certtool --to-p12"
            + " --load-privkey rsa --load-certificate crt --p12-name friend --outder --outfile key"
            + " --password \"$(cat pass)\"");
    command
        .run("key import --pin-file @pin --passphrase-file @pass @key")
        .ok()
        .says("imported key friend", "CN=holder");
    assertIs("friend", "rsa");
  }

  @Test
  void aByteOrderMarkHidesNoKey() {
    command.shell(RSA + "(printf '\\xef\\xbb\\xbf'; cat rsa) >key");
    importKey("key");
  }

  @Test
  void theNameOfAStorageKeyIsSaidWhereverItGoes() {
    command.shell(RSA);
    var ended = command.run("srk export").ok();
    String name = command.run("primary list --json").ok().json().at("/keys/0/name").asString();
    assertTrue(ended.err().contains(name), ended.err());
    command.write("srk.pub", ended.out());
    command.shell("openssl pkey -pubin -in srk.pub -noout");
    String line = "key wrap --no-passphrase --for @srk.pub ";
    ended = command.run(line + "@rsa").ok();
    assertTrue(ended.err().contains(name), ended.err());
    command.run(line + "--name " + name + " @rsa @new").ok().says("Name " + name);
    assertEquals(name, command.run(line + "@rsa --json").ok().json().get("name").asString());
    command.shell("tail -n +2 srk.pub >plain.pub");
    command
        .run("key wrap --no-passphrase --for @plain.pub @rsa")
        .fails(ExitStatus.FAILED)
        .says("give by --name the Name");
    command.run("key wrap --no-passphrase --for @plain.pub --name " + name + " @rsa").ok();
    command.run("key generate --label web --pin-file @pin").ok();
    command.run("key export --public --label web @web.pub").ok();
    command.run("key wrap --no-passphrase --for @web.pub @rsa").fails(ExitStatus.FAILED);
    command
        .run("key wrap --no-passphrase --for @web.pub --name " + name + " @rsa")
        .fails(ExitStatus.REFUSED);
  }

  @Test
  void aPublicKeyIsForEverybodyToRead() throws IOException {
    command.run("key generate --label web --pin-file @pin").ok();
    command.run("key export --public --label web @web.pub").ok();
    command.run("srk export @srk.pub").ok();
    for (String each : new String[] {"web.pub", "srk.pub"}) {
      assertTrue(
          Files.getPosixFilePermissions(command.dir().resolve(each))
              .contains(PosixFilePermission.OTHERS_READ),
          each);
    }
  }

  /** A policy that somebody has to sign for is named: nothing is wrong with the file. */
  @Test
  void aPolicyThatCannotBeSatisfiedIsNamed() {
    command.write(
        "policy.cnf",
        """
        asn1=SEQUENCE:key
        [key]
        type=OID:2.23.133.10.1.3
        policy=EXPLICIT:1,SEQUENCE:steps
        parent=INTEGER:0x40000001
        public=FORMAT:HEX,OCTETSTRING:0000
        private=FORMAT:HEX,OCTETSTRING:0000
        [steps]
        first=SEQUENCE:signed
        [signed]
        code=EXPLICIT:0,INTEGER:0x160
        parameters=EXPLICIT:1,FORMAT:HEX,OCTETSTRING:0000
        """);
    command.shell("openssl asn1parse -genconf policy.cnf -noout -out policy.tpm");
    command
        .run("key import --label p --pin-file @pin @policy.tpm")
        .fails(ExitStatus.FAILED)
        .says("policy.tpm: its policy has TPM2_PolicySigned", "such a key cannot be used here");
  }
}
