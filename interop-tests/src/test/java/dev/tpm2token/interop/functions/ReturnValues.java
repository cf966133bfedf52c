package dev.tpm2token.interop.functions;

import dev.tpm2token.interop.cryptoki.Rv;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The standard's own list: which return values it names for which function. */
final class ReturnValues {
  private static final String FILE = "/return-values.txt";
  private static final Map<String, Set<Rv>> LIST = read();

  private ReturnValues() {}

  /**
   * Those that the standard names for a function, less those that {@code return-values.txt} leaves
   * out for all.
   */
  static Set<Rv> of(Enum<?> function) {
    return LIST.getOrDefault(function.name(), Set.of());
  }

  private static Map<String, Set<Rv>> read() {
    Map<String, Set<Rv>> list = new HashMap<>();
    try (InputStream file =
        Objects.requireNonNull(ReturnValues.class.getResourceAsStream(FILE), FILE)) {
      new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", -1))
          .forEach(words -> list.put(words[0], values(words)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return list;
  }

  private static Set<Rv> values(String[] words) {
    return Arrays.stream(words, 1, words.length)
        .map(word -> Rv.valueOf("CKR_" + word))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Rv.class)));
  }
}
