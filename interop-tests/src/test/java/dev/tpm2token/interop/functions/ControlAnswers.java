package dev.tpm2token.interop.functions;

import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.harness.ModuleUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the control answers where it differs, as {@code docs/softhsm-control.md} lists it: with the
 * control under test the list is tested too, so it cannot grow old.
 */
final class ControlAnswers {
  private static final Path LIST = Path.of("../docs/softhsm-control.md");
  private static final String CANNOT = "cannot";

  private final Map<String, String> answers;

  private ControlAnswers(Map<String, String> answers) {
    this.answers = answers;
  }

  /** For our own module there are no differences. */
  static ControlAnswers of(ModuleUnderTest module) {
    return module.control() ? read() : new ControlAnswers(Map.of());
  }

  /**
   * Lines of the form: {@code | C_X: circumstances | CKR_… or "cannot: why" | who is right |}, or
   * with {@code C_X} alone for all of a function's rows.
   */
  static ControlAnswers read() {
    try {
      Map<String, String> answers = new LinkedHashMap<>();
      Files.readAllLines(LIST).stream()
          .filter(line -> line.startsWith("| C_"))
          .map(line -> line.split(" *\\| *", -1))
          .forEach(cells -> answers.put(cells[1], cells[2]));
      return new ControlAnswers(answers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the module under test can go through this row at all. */
  boolean can(Row row) {
    return answers.isEmpty()
        || (row.function() instanceof Fn && !answer(row).startsWith(CANNOT)); // it has no 3.x
  }

  Rv expected(Row row) {
    String answer = answer(row);
    return answer.isEmpty() ? row.expected() : Rv.valueOf(answer);
  }

  private String answer(Row row) {
    return answers.getOrDefault(name(row), answers.getOrDefault(row.function().name(), ""));
  }

  /** What is in the list, and is no row. */
  List<String> unknown(List<Row> rows) {
    Set<String> names =
        rows.stream()
            .flatMap(row -> Stream.of(name(row), row.function().name()))
            .collect(Collectors.toSet());
    return answers.keySet().stream().filter(name -> !names.contains(name)).toList();
  }

  private static String name(Row row) {
    return row.function() + ": " + row.when();
  }
}
