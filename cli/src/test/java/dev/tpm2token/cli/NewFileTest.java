package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full: a process that may write no file of any length stands for it. */
class NewFileTest {
  @TempDir private Path dir = Path.of("");

  /** What runs in that process: a file, and its length. */
  public static void main(String[] arguments) {
    try {
      NewFile.write(Path.of(arguments[0]), new byte[Integer.parseInt(arguments[1])]);
    } catch (CommandException e) {
      System.out.println(e.getMessage());
      System.exit(e.status().code());
    }
  }

  private Process write(Path file, int length) throws Exception {
    Process java =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -f 4; exec \"$0\" -XX:-UsePerfData -cp \"$1\" \"$2\" \"$3\" " + length,
                ProcessHandle.current().info().command().orElseThrow(),
                System.getProperty("java.class.path"),
                NewFileTest.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    java.waitFor();
    return java;
  }

  @Test
  void whatCannotBeWrittenWholeIsNotThere() throws Exception {
    Path file = dir.resolve("new");
    Process failed = write(file, 1 << 16);
    String said = new String(failed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(ExitStatus.FAILED.code(), failed.exitValue(), said);
    assertTrue(said.contains("new cannot be written"), said);
    assertFalse(Files.exists(file));
    assertEquals(0, write(file, 100).exitValue());
    assertEquals(100, Files.size(file));
    assertEquals(ExitStatus.REFUSED.code(), write(file, 100).exitValue());
    assertEquals(100, Files.size(file));
  }
}
