package dev.tpm2token.interop.wycheproof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One of Wycheproof's files. Where they are, {@code script/wycheproof} says, which fetches them
 * first if need be.
 *
 * @param name without {@code _test.json}
 */
record VectorFile(String name, List<Vector> vectors) {
  private static final String SCRIPT = "../script/wycheproof";
  private static final String END = "_test.json";

  /** The names of all files, in order. */
  static List<String> names() {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(END))
          .map(name -> name.substring(0, name.length() - END.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a file, which must have as many vectors as it says. */
  static VectorFile read(String name) {
    JsonNode file = JsonMapper.shared().readTree(folder().resolve(name + END));
    String algorithm = file.get("algorithm").asString();
    List<Vector> vectors = new ArrayList<>();
    for (JsonNode group : file.get("testGroups")) {
      for (JsonNode vector : group.get("tests")) {
        vectors.add(new Vector(algorithm, new Fields(group), new Fields(vector)));
      }
    }
    assertEquals(file.get("numberOfTests").intValue(), vectors.size(), name);
    return new VectorFile(name, vectors);
  }

  private static Path folder() {
    try {
      Process process =
          new ProcessBuilder(SCRIPT).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), SCRIPT + " fails");
      return Path.of(path.strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
