package dev.tpm2token.interop.harness;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Chromium's remote control: a tab, or the browser, at the other end of a WebSocket. */
final class DevTools implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final WebSocket socket;
  private int number;

  private DevTools(HttpClient http, String url) {
    socket =
        http.newWebSocketBuilder()
            .connectTimeout(PATIENCE)
            .buildAsync(URI.create(url), new Listener(heard))
            .join();
  }

  static DevTools connect(HttpClient http, String url) {
    return new DevTools(http, url);
  }

  /** Puts together messages that come in parts. */
  private static final class Listener implements WebSocket.Listener {
    private final BlockingQueue<String> heard;
    private final StringBuilder message = new StringBuilder();

    Listener(BlockingQueue<String> heard) {
      this.heard = heard;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        heard.add(message.toString());
        message.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  /** Gives a command, and waits for its answer. */
  JsonNode command(String method) {
    return command(method, Map.of());
  }

  private JsonNode command(String method, Map<String, ?> parameters) {
    int id = ++number;
    String message =
        JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters));
    socket.sendText(message, true).join();
    while (true) {
      JsonNode answer = next(method);
      if (answer.path("id").asInt(0) == id) {
        return answer.path("result");
      }
    }
  }

  private JsonNode next(String method) {
    try {
      String message = heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("Chromium does not answer " + method);
      }
      return JSON.readTree(message);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The text that a tab shows. */
  String text() {
    return command(
            "Runtime.evaluate",
            Map.of("expression", "document.documentElement.innerText", "returnByValue", true))
        .path("result")
        .path("value")
        .asString("");
  }

  @Override
  public void close() {
    socket.abort();
  }
}
