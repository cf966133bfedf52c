package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A Firefox without a screen, with a new profile that trusts the lab's CA, and nowhere to go. */
public final class Firefox {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** All text of a page, what error pages keep in their parts included. */
  private static final String TEXT =
      """
      const text = node => node.nodeType == Node.TEXT_NODE ? node.nodeValue :
          node.localName == "style" ? "" :
          [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes].map(text).join("");
      return text(document.documentElement).replace(/\\s+/g, " ");
      """;

  private static final String PERSON = resource("person.js");

  private final Process process;
  private final Marionette marionette;

  private Firefox(Process process, Marionette marionette) {
    this.process = process;
    this.marionette = marionette;
  }

  private static String resource(String name) {
    try (InputStream in = Firefox.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one in the lab, which ends it; {@code ca.crt} is whom it trusts. */
  public static Firefox start(Lab lab) {
    int port = Ports.freePair();
    lab.sh("rm -rf profile && mkdir profile").ok();
    lab.write(
        "profile/user.js",
        """
        user_pref("marionette.port", %d);
        user_pref("network.proxy.type", 1);
        user_pref("network.proxy.http", "127.0.0.1");
        user_pref("network.proxy.http_port", 9);
        user_pref("network.proxy.ssl", "127.0.0.1");
        user_pref("network.proxy.ssl_port", 9);
        user_pref("network.http.speculative-parallel-limit", 0);
        user_pref("browser.chrome.site_icons", false);
        """
            .formatted(port));
    lab.sh(
            """
            certutil -N -d sql:profile --empty-password &&
              certutil -A -d sql:profile -n lab -t C,, -i ca.crt\
            """)
        .ok();
    Process process = launch(lab);
    lab.atEnd(() -> end(process));
    if (!Ports.answers(port, PATIENCE, process::isAlive)) {
      throw new AssertionError("Firefox does not start:\n" + said(lab));
    }
    return new Firefox(process, Marionette.connect(port));
  }

  private static Process launch(Lab lab) {
    try {
      return lab.builder(
              "firefox-esr",
              "--headless",
              "--marionette",
              "--remote-allow-system-access",
              "--no-remote",
              "--profile",
              lab.dir().resolve("profile").toString(),
              "about:blank")
          .redirectErrorStream(true)
          .redirectOutput(lab.dir().resolve("firefox.log").toFile())
          .start();
    } catch (IOException e) {
      throw new AssertionError("firefox-esr (script/install-test-tools installs it)", e);
    }
  }

  private static String said(Lab lab) {
    try {
      return Files.readString(lab.dir().resolve("firefox.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  /** Whoever sits there chooses this certificate and types these PINs, and then none. */
  public void person(String certificate, String... pins) {
    marionette.inBrowser(PERSON, certificate, List.of(pins));
  }

  /** What the person was asked since it was decided what they do. */
  public List<String> asked() {
    return strings(marionette.inBrowser("return window.person.asked"));
  }

  private static List<String> strings(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  /** Opens a page, and asserts that it comes to this text, be it the page's or Firefox's own. */
  public void shows(String url, String expected) {
    marionette.command("Marionette:SetContext", Map.of("value", "content"));
    marionette.command("WebDriver:Navigate", Map.of("url", "about:blank"));
    marionette.inBrowser(
        """
        gBrowser.selectedBrowser.fixupAndLoadURIString(arguments[0], {
          triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
        });
        """,
        url);
    AtomicReference<String> text = new AtomicReference<>("");
    if (!Ports.eventually(
        PATIENCE, () -> text.updateAndGet(any -> shown()).contains(expected), process::isAlive)) {
      throw new AssertionError(
          "%s should show \"%s\", and shows \"%s\"".formatted(url, expected, text.get()));
    }
  }

  private String shown() {
    try {
      return marionette.inPage(TEXT).asString();
    } catch (Marionette.RefusedException onItsWay) {
      return "";
    }
  }

  /** Opens the dialog of the security devices. */
  public SecurityDevices securityDevices() {
    return new SecurityDevices();
  }

  /** Quits it, and asserts that it ends by itself and well. */
  public void quit() {
    marionette.command("Marionette:Quit", Map.of("flags", List.of("eAttemptQuit")));
    marionette.close();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("Firefox does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    if (process.exitValue() != 0) {
      throw new AssertionError("Firefox ends with " + process.exitValue());
    }
  }

  /** The dialog that lists modules and their tokens. */
  public final class SecurityDevices implements AutoCloseable {
    private final String browser;

    private SecurityDevices() {
      browser = marionette.command("WebDriver:GetWindowHandle", Map.of()).path("value").asString();
      marionette.inBrowser(
          """
          window.openDialog("chrome://pippki/content/device_manager.xhtml", "", "chrome");
          """);
      AtomicReference<@Nullable String> dialog = new AtomicReference<>();
      if (!Ports.eventually(PATIENCE, () -> find(dialog), process::isAlive)) {
        throw new AssertionError("there is no dialog");
      }
      marionette.command(
          "WebDriver:SwitchToWindow", Map.of("handle", String.valueOf(dialog.get())));
      if (!Ports.eventually(PATIENCE, () -> !names().isEmpty(), process::isAlive)) {
        throw new AssertionError("the dialog lists nothing");
      }
    }

    private boolean find(AtomicReference<@Nullable String> dialog) {
      strings(marionette.command("WebDriver:GetWindowHandles", Map.of())).stream()
          .filter(handle -> !handle.equals(browser))
          .forEach(dialog::set);
      return dialog.get() != null;
    }

    /** Modules and slots, in the order in which they are listed. */
    public List<String> names() {
      return strings(
          marionette.inBrowser(
              """
              return [...document.querySelectorAll("#device_list treecell")]
                  .map(cell => cell.getAttribute("label"));
              """));
    }

    /** Selects a module or slot whose name begins so, and gives what is said of it. */
    public List<String> select(String name) {
      marionette.inBrowser(
          """
          let { view, columns } = document.getElementById("device_tree");
          for (let row = 0; row < view.rowCount; row++) {
            if (view.getCellText(row, columns[0]).startsWith(arguments[0])) {
              view.selection.select(row);
            }
          }
          """,
          name);
      return details();
    }

    /** What is said of what is selected. */
    public List<String> details() {
      return strings(
          marionette.inBrowser(
              """
              return [...document.querySelectorAll("#info_list treerow")]
                  .map(row => [...row.children].map(cell => cell.getAttribute("label")).join(": "));
              """));
    }

    /** Presses a button, such as {@code login_button}. */
    public void press(String button) {
      marionette.inBrowser("document.getElementById(arguments[0]).click()", button);
    }

    /** Writes a picture of it, as PNG. */
    public void picture(Path file) {
      String png =
          marionette
              .command("WebDriver:TakeScreenshot", Map.of("full", false))
              .path("value")
              .asString();
      try {
        Files.write(file, Base64.getDecoder().decode(png));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      marionette.command("WebDriver:CloseChromeWindow", Map.of());
      marionette.command("WebDriver:SwitchToWindow", Map.of("handle", browser));
    }
  }
}
