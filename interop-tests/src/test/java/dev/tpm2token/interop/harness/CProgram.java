package dev.tpm2token.interop.harness;

import java.nio.file.Path;

/** A program of src/test/c, compiled into the lab's folder. */
public final class CProgram {
  private static final Path SOURCES = Path.of("src/test/c").toAbsolutePath();
  private static final Path SHIM = Path.of("../pkcs11-shim/src").toAbsolutePath().normalize();

  private CProgram() {}

  /** Compiles a host program of the shim's own, {@code name.c}, to {@code ./name} there. */
  public static void compileOfShim(Lab lab, String name) {
    lab.sh(
            "gcc -std=gnu11 -g -O1 -Wall -Wextra -Werror -pthread -I %s/main/c -o %s %s/test/c/%s.c -ldl"
                .formatted(SHIM, name, SHIM, name))
        .ok();
  }

  /** Compiles {@code name.c} to {@code ./name} there. */
  public static void compile(Lab lab, String name, String... options) {
    lab.sh(
            "gcc -std=gnu11 -g -O1 -Wall -Wextra -Werror -pthread %s -o %s %s/%s.c -ldl"
                .formatted(String.join(" ", options), name, SOURCES, name))
        .ok();
  }
}
