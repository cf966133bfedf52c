package dev.tpm2token.interop.harness;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Firefox's own remote control. A message is an array as JSON behind its length and a colon: {@code
 * [0, number, command, parameters]}, and {@code [1, number, error, result]} in answer.
 */
final class Marionette implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Socket socket;
  private final DataInputStream in;
  private int number;

  private Marionette(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
  }

  /** What Firefox answers when it does not do as it is told. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RefusedException(String command, JsonNode error) {
      super(command + ": " + error.path("error").asString() + ": " + error.path("message"));
    }
  }

  /** Connects to a Firefox that listens, and begins a session. */
  static Marionette connect(int port) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      Marionette marionette = new Marionette(socket);
      marionette.read(); // it says who it is
      marionette.command(
          "WebDriver:NewSession",
          Map.of(
              "capabilities", Map.of("alwaysMatch", Map.of("unhandledPromptBehavior", "ignore"))));
      return marionette;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Gives a command.
   *
   * @throws RefusedException where it comes to an error
   */
  JsonNode command(String name, Map<String, ?> parameters) {
    try {
      byte[] message = JSON.writeValueAsBytes(List.of(0, ++number, name, parameters));
      socket.getOutputStream().write((message.length + ":").getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(message);
      JsonNode answer = read();
      if (!answer.path(2).isNull()) {
        throw new RefusedException(name, answer.path(2));
      }
      return answer.path(3);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /** Runs a script in the page, and gives what it returns. */
  JsonNode inPage(String script) {
    return run("content", script);
  }

  /** Runs a script in the browser's own window, where it may do anything. */
  JsonNode inBrowser(String script, Object... arguments) {
    return run("chrome", script, arguments);
  }

  private JsonNode run(String context, String script, Object... arguments) {
    command("Marionette:SetContext", Map.of("value", context));
    return command("WebDriver:ExecuteScript", Map.of("script", script, "args", List.of(arguments)))
        .path("value");
  }

  private JsonNode read() throws IOException {
    int length = 0;
    for (int next = in.read(); next != ':'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("Firefox hung up");
      }
      length = 10 * length + Character.digit(next, 10);
    }
    return JSON.readTree(in.readNBytes(length));
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
