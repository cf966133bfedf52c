package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** A screen that nobody sees, for programs that want one, and somebody who types. */
public final class Screen {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Lab lab;
  private String answered = "";

  private Screen(Lab lab) {
    this.lab = lab;
  }

  /** Starts one in the lab, which ends it; {@code $DISPLAY} names it from then on. */
  public static Screen start(Lab lab) {
    Path number = lab.write("display", "");
    try {
      Process process =
          lab.builder("bash", "-c", "exec Xvfb -displayfd 3 -nolisten tcp 3>display")
              .redirectErrorStream(true)
              .redirectOutput(lab.dir().resolve("screen.log").toFile())
              .start();
      lab.atEnd(() -> process.destroyForcibly().onExit().join());
      if (!Ports.eventually(PATIENCE, () -> read(number).endsWith("\n"), process::isAlive)) {
        throw new AssertionError("Xvfb (script/install-test-tools installs it) does not start");
      }
      lab.env().put("DISPLAY", ":" + read(number).strip());
      return new Screen(lab);
    } catch (IOException e) {
      throw new AssertionError("bash", e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  /** Waits for a window of this title that has not been answered yet. */
  private String window(String title) {
    AtomicReference<String> found = new AtomicReference<>("");
    if (!Ports.eventually(
        PATIENCE, () -> !found.updateAndGet(any -> find(title)).isEmpty(), () -> true)) {
      throw new AssertionError("no window is called " + title);
    }
    return found.get();
  }

  private String find(String title) {
    List<String> windows =
        lab.sh("xdotool search --onlyvisible --name '^%s$'".formatted(title)).lines();
    if (!windows.contains(answered)) {
      answered = ""; // it is gone, and its number is free for another
    }
    return windows.stream()
        .filter(id -> !id.isEmpty() && !id.equals(answered))
        .findFirst()
        .orElse("");
  }

  /** Types a line into a window of this title, as soon as there is a new one. */
  public void type(String title, String line) {
    String window = window(title);
    lab.sh(
            "xdotool windowfocus --sync %s type --delay 20 '%s' && xdotool key Return"
                .formatted(window, line))
        .ok();
    answered = window;
  }

  /** Sends a window of this title away, if there is one. */
  public void dismiss(String title) {
    String window = find(title);
    if (!window.isEmpty()) {
      lab.sh("xdotool windowfocus --sync %s key Escape".formatted(window));
    }
  }

  /** Presses a key in whatever window has the focus. */
  public void press(String key) {
    lab.sh("xdotool key " + key).ok();
  }
}
