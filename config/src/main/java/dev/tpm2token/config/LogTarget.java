package dev.tpm2token.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where messages for people go.
 *
 * @param level error, warning, info or debug: that much and what matters more
 * @param file a file to append to; none for silence
 */
public record LogTarget(String level, Optional<Path> file) {
  /** Silence: what a library owes the program that it is in. */
  public static final LogTarget NONE = new LogTarget("info", Optional.empty());

  private static final List<String> LEVELS = List.of("error", "warning", "info", "debug");

  /**
   * Reads {@code [LEVEL:]FILE}, such as {@code debug:/tmp/tpm2-token.log}; {@code stderr} is a file
   * X
   */
  static LogTarget parse(Setting<String> setting) {
    String text = setting.value();
    String level = "info";
    int colon = text.indexOf(':');
    if (colon > 0 && text.substring(0, colon).matches("[A-Za-z]+")) {
      String word = text.substring(0, colon).toLowerCase(Locale.ROOT);
      if (!LEVELS.contains(word)) {
        throw new ConfigurationException(
            "%s: \"%s\" is no level of a log; there are %s"
                .formatted(setting.source(), text.substring(0, colon), String.join(", ", LEVELS)));
      }
      level = word;
      text = text.substring(colon + 1);
    }
    if (text.isEmpty()) {
      throw new ConfigurationException(
          "%s: a log is a file, or a level and a file, such as debug:/tmp/tpm2-token.log"
              .formatted(setting.source()));
    }
    return new LogTarget(level, Optional.of(Path.of(text.equals("stderr") ? "/dev/stderr" : text)));
  }

  /** As it is written in the configuration. */
  @Override
  public String toString() {
    return file.map(path -> level + ":" + path).orElse("silence");
  }
}
