package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A Debian 13 beside the machine's own Debian, for clients that Debian 12 has not. */
public final class Debian13 {
  private static final Path SCRIPT = Path.of("src/test/sh/debian13").toAbsolutePath();

  private Debian13() {}

  /**
   * Has this lab's commands run in it from here on: programs, libraries and configuration are its
   * own, all else stays where it is. It is made by the first who asks for it.
   */
  public static void enter(Lab lab) {
    Path root = root();
    lab.mount(root.resolve("usr"), "/usr");
    lab.mount(root.resolve("etc"), "/etc");
    lab.sh("cat /etc/debian_version").ok().says("13.");
  }

  private static Path root() {
    try {
      Process process =
          new ProcessBuilder(SCRIPT.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String root = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError("there is no Debian 13: its maker says above why");
      }
      return Path.of(root.strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
