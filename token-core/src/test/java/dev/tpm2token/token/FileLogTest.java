package dev.tpm2token.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLogTest {
  @TempDir Path folder;

  @Test
  void appendsWhatMattersEnough() throws Exception {
    Path file = folder.resolve("log");
    Log log = new FileLog(file, Log.Level.INFO);
    log.log(Log.Level.DEBUG, () -> "passed over");
    log.log(Log.Level.INFO, () -> "one");
    log.log(Log.Level.ERROR, () -> "two");
    List<String> lines = Files.readAllLines(file);
    assertEquals(2, lines.size());
    assertTrue(lines.get(0).endsWith("INFO one"));
    assertTrue(lines.get(1).endsWith("ERROR two"));
  }

  /** Into a file, as in {@code ssh … 2>file}, where the host has its own place in it. */
  @Test
  void standardErrorIsSharedWithTheHost() throws Exception {
    Path file = folder.resolve("stderr");
    Process host =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Host.class.getName())
            .redirectError(file.toFile())
            .start();
    assertEquals(0, host.waitFor());
    List<String> lines = Files.readAllLines(file);
    assertEquals(3, lines.size(), lines.toString());
    assertEquals("the host", lines.get(0));
    assertTrue(lines.get(1).endsWith("INFO the module"));
    assertEquals("the host again", lines.get(2));
  }

  /** A program that says something of its own, too. */
  static final class Host {
    private Host() {}

    public static void main(String[] arguments) {
      System.err.println("the host");
      new FileLog(Path.of("/dev/stderr"), Log.Level.INFO).log(Log.Level.INFO, () -> "the module");
      System.err.println("the host again");
    }
  }
}
