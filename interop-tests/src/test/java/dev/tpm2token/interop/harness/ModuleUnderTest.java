package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The PKCS#11 library that the tests load: ours, or with {@code -Dtpm2token.module=softhsm} SoftHSM
 * 2 as the control, or with {@code -Dtpm2token.module=/a/path.so} any other copy of ours.
 *
 * @param library the absolute path of the library
 * @param control whether it is the control
 */
public record ModuleUnderTest(Path library, boolean control) {
  private static final String PROPERTY = "tpm2token.module";
  private static final String OURS = "../pkcs11-shim/target/libtpm2-token.so";
  private static final List<Path> SOFTHSM =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"));

  /** The module that the system property names; an AssertionError says what to do without one. */
  public static ModuleUnderTest find() {
    String choice = System.getProperty(PROPERTY, OURS);
    if (choice.equals("softhsm")) {
      return SOFTHSM.stream()
          .filter(Files::exists)
          .findFirst()
          .map(path -> new ModuleUnderTest(real(path), true))
          .orElseThrow(
              () -> new AssertionError("SoftHSM 2 is missing: run script/install-test-tools"));
    }
    Path library = Path.of(choice).toAbsolutePath().normalize();
    if (!Files.exists(library)) {
      throw new AssertionError(
          "There is no " + library + ": run script/build, or name one with -D" + PROPERTY + "=");
    }
    return new ModuleUnderTest(real(library), false);
  }

  /** Without symbolic links: ssh-agent's list of what it may load is of real paths. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
