package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SunPKCS11, of two JDKs. */
@Documented("java")
@Tag("tpm2token-only") // SoftHSM's EC keys agree on nothing, as SunPKCS11 does not ask for it
class JavaTest {
  private static final Path CLIENT =
      Path.of("src/test/resources/clients/TokenClient.java").toAbsolutePath();

  @BeforeEach
  void makeAToken(Lab lab) {
    lab.laptop();
    Server.certificate(lab);
  }

  /** The JDK of this version is the one whose programs are found first. */
  private static void use(Lab lab, int version) {
    String home = lab.sh("%s %d".formatted(FIND_JDK, version)).ok().stdout().strip();
    if (!Files.exists(Path.of(home, "bin/keytool"))) {
      throw new AssertionError("there is no JDK " + version + ": " + home);
    }
    lab.env().put("JAVA_HOME", home);
    lab.env().computeIfPresent("PATH", (name, path) -> home + "/bin:" + path);
  }

  private static final Path FIND_JDK = Path.of("../toolchain/find-jdk").toAbsolutePath();

  @ParameterizedTest
  @ValueSource(ints = {17, 25})
  void aTokenAsKeyStore(int version, Lab lab, Guide guide) {
    use(lab, version);
    lab.write("letter.txt", "Dear reader\n");
    guide.run(lab, "Configure it").ok();
    guide.run(lab, "Make keys").ok().says("java-rsa, PrivateKeyEntry", "java-ec, PrivateKeyEntry");
    guide.run(lab, "Sign a jar").ok().says("jar verified");
    guide.run(lab, "In a program").ok();
    lab.sh(
            """
            keytool -addprovider SunPKCS11 -providerArg p11.cfg -providerName SunPKCS11-laptop \
              -keystore NONE -storetype PKCS11 -storepass:file pin.txt -exportcert -rfc \
              -alias java-ec >own.crt && openssl x509 -in own.crt -noout -pubkey >own.pub &&
            openssl dgst -sha256 -verify own.pub -signature letter.sig letter.txt\
            """)
        .ok()
        .says("Verified OK");
    lab.sh("java " + CLIENT + " p11.cfg $PIN", Duration.ofSeconds(90)).ok().says("all is well");
    guide.run(lab, "Have a key certified").ok().says("installed in keystore");
    lab.sh("openssl verify -CAfile ca.crt ec.crt").ok();
    aWrongPin(lab);
  }

  private static void aWrongPin(Lab lab) {
    String list =
        """
        keytool -addprovider SunPKCS11 -providerArg p11.cfg -providerName SunPKCS11-laptop \
          -keystore NONE -storetype PKCS11 -storepass wrong-pin -list\
        """;
    lab.sh(list).fails().says("java.io.IOException: load failed").doesNotSay("CKR_");
    lab.sh(list + " -v").fails().says("PKCS11Exception: CKR_PIN_INCORRECT");
    lab.sh("(umask 077 && printf %s wrong-pin >pin.txt); java Sign.java")
        .fails()
        .says("PKCS11Exception: CKR_PIN_INCORRECT");
  }
}
