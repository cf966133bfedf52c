package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Chromium on the lab's {@link Screen}, with a new profile, that finds example.org here. */
public final class Chromium {
  /** What keeps it quiet, and lets it run as root. */
  public static final String FLAGS =
      "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
          + " --disable-component-update --disable-sync --disable-features=Translate"
          + " --host-resolver-rules='MAP *.example.org 127.0.0.1'";

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;
  private final String browser;

  /**
   * @param active its file DevToolsActivePort: a port, and the path of the browser's own socket
   */
  private Chromium(Process process, List<String> active) {
    this.process = process;
    this.port = Integer.parseInt(active.get(0));
    this.browser = "ws://127.0.0.1:%d%s".formatted(port, active.get(1));
  }

  /** Starts one in the lab, which ends it. */
  public static Chromium start(Lab lab) {
    lab.sh("rm -rf profile").ok();
    Path active = lab.dir().resolve("profile/DevToolsActivePort");
    try {
      Process process =
          lab.builder(
                  "bash",
                  "-c",
                  "exec chromium %s --user-data-dir=$PWD/profile --remote-debugging-port=0 about:blank"
                      .formatted(FLAGS))
              .redirectErrorStream(true)
              .redirectOutput(lab.dir().resolve("chromium.log").toFile())
              .start();
      lab.atEnd(() -> end(process));
      if (!Ports.eventually(PATIENCE, () -> lines(active).size() == 2, process::isAlive)) {
        throw new AssertionError(
            "chromium (script/install-test-tools installs it) does not start:\n"
                + Files.readString(lab.dir().resolve("chromium.log")));
      }
      return new Chromium(process, lines(active));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException notYet) {
      return List.of();
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  /** Opens a page in a tab of its own. */
  public Tab open(String url) {
    return new Tab(url, ask("PUT", "/json/new?" + url));
  }

  private JsonNode ask(String method, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(PATIENCE)
            .build();
    try {
      return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Quits it, and asserts that it ends by itself and well. */
  public void quit() {
    try (DevTools all = DevTools.connect(http, browser)) {
      all.command("Browser.close");
    }
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("Chromium does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    if (process.exitValue() != 0) {
      throw new AssertionError("Chromium ends with " + process.exitValue());
    }
  }

  /** A tab. */
  public final class Tab {
    private final String url;
    private final DevTools tools;

    private Tab(String url, JsonNode made) {
      this.url = url;
      this.tools = DevTools.connect(http, made.path("webSocketDebuggerUrl").asString());
    }

    /** Asserts that it comes to this text, be it the page's or Chromium's own. */
    public void shows(String expected) {
      shows(expected, () -> {});
    }

    /** The same, while something is done again and again. */
    public void shows(String expected, Runnable meanwhile) {
      AtomicReference<String> text = new AtomicReference<>("");
      boolean shown =
          Ports.eventually(
              PATIENCE,
              () -> {
                if (text.updateAndGet(any -> tools.text()).contains(expected)) {
                  return true;
                }
                meanwhile.run();
                return false;
              },
              process::isAlive);
      tools.close();
      if (!shown) {
        throw new AssertionError(
            "%s should show \"%s\", and shows \"%s\"".formatted(url, expected, text.get()));
      }
    }
  }
}
