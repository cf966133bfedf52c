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
@Tag("tpm2token-only")
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
    guide.run(lab, "Configure it").ok();
    guide.run(lab, "Make keys").ok().says("rsa, PrivateKeyEntry", "ec, PrivateKeyEntry");
    guide.run(lab, "Sign a jar").ok().says("jar verified");
    lab.sh("java " + CLIENT + " p11.cfg $PIN", Duration.ofSeconds(90)).ok().says("all is well");
    guide.run(lab, "Have a key certified").ok().says("installed in keystore");
    lab.sh("openssl verify -CAfile ca.crt ec.crt").ok();
    lab.sh(
            """
            keytool -providerClass sun.security.pkcs11.SunPKCS11 -addprovider SunPKCS11 \
              -providerArg p11.cfg -keystore NONE -storetype PKCS11 -storepass wrong-pin -list\
            """)
        .fails()
        .says("load failed");
  }
}
