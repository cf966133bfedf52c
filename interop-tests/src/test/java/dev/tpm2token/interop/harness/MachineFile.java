package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file of the machine's that a page has its reader write. */
public final class MachineFile {
  private MachineFile() {}

  /** Has a lab write it: what is there now is there again when the lab closes. */
  public static void lend(Lab lab, String name) {
    Path file = Path.of(name);
    try {
      byte[] own = Files.exists(file) ? Files.readAllBytes(file) : null;
      lab.atEnd(() -> putBack(file, own));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void putBack(Path file, byte @Nullable [] own) {
    try {
      if (own == null) {
        Files.deleteIfExists(file);
      } else {
        Files.write(file, own);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
