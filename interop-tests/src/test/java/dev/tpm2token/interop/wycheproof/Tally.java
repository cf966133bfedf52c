package dev.tpm2token.interop.wycheproof;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What became of the vectors of a family of files. */
final class Tally {
  private final Map<String, Integer> notRun = new TreeMap<>();
  private int passed;

  void passed() {
    passed++;
  }

  void notRun(String reason) {
    notRun.merge(reason, 1, Integer::sum);
  }

  /** As a row of {@link ConformancePage}. */
  String row(String family) {
    int left = notRun.values().stream().mapToInt(Integer::intValue).sum();
    String reasons =
        notRun.entrySet().stream()
            .map(reason -> reason.getValue() + ": " + reason.getKey())
            .collect(Collectors.joining("; "));
    return "| `%s` | %d | %d | %s |"
        .formatted(family, passed + left, passed, left == 0 ? "–" : reasons);
  }
}
