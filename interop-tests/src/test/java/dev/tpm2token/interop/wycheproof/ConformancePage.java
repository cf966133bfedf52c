package dev.tpm2token.interop.wycheproof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tables of docs/conformance.md that say which of Wycheproof's files are run and which are not:
 * rows that begin with {@code | `a_pattern_*` |}. With {@code -Dconformance.write} the rows of what
 * is run are written anew.
 */
final class ConformancePage {
  private static final Path PAGE = Path.of("../docs/conformance.md");
  private static final String HEADING = "## Wycheproof";
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
  private static final boolean WRITE = System.getProperty("conformance.write") != null;

  private ConformancePage() {}

  private static List<String> lines() {
    try {
      return Files.readAllLines(PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String start(String family) {
    return "| `" + family + "` |";
  }

  /** The row of a family, or nothing. */
  static String row(String family) {
    return lines().stream().filter(line -> line.startsWith(start(family))).findFirst().orElse("");
  }

  /** Where rows are to be written, writes this one in the place of what is there. */
  static void write(String family, String row) {
    if (!WRITE) {
      return;
    }
    List<String> written =
        lines().stream().map(line -> line.startsWith(start(family)) ? row : line).toList();
    try {
      Files.write(PAGE, written);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The patterns of both tables. */
  static List<String> patterns() {
    return lines().stream()
        .dropWhile(line -> !line.equals(HEADING))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .flatMap(ConformancePage::patterns)
        .toList();
  }

  /** What stands between backticks in a row's first cell. */
  private static Stream<String> patterns(String line) {
    return line.startsWith("| `")
        ? QUOTED.matcher(line.split("\\|", -1)[1]).results().map(quoted -> quoted.group(1))
        : Stream.empty();
  }

  /** Whether a pattern, whose stars stand for anything, is this file's. */
  static boolean matches(String pattern, String file) {
    return Pattern.matches(pattern.replace("*", ".*"), file);
  }
}
