package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page before the pages: what all of them take for given, and the list of them. */
@Documented("../clients")
@Tag("tpm2token-only") // of the page, not of a module
class ClientsPageTest {
  private static final Path PAGES = Path.of("../docs/clients");
  private static final Path TESTS = Path.of("src/test/java/dev/tpm2token/interop");

  /** A page's name, and the column that says who runs it. */
  private static final Pattern ROW =
      Pattern.compile("\\(clients/([a-z0-9-]+)\\.md\\) \\| ([^|]*) \\|");

  private static final Pattern TEST = Pattern.compile("\\w+Test\\b");

  /** What commands hand on to programs of theirs is exported, and what is secret is one's own. */
  @Test
  void whatAllPagesTakeForGiven(Lab lab, Guide guide) {
    lab.env().remove("M");
    lab.sh("set -eu\n" + guide.commands("How to use it with …") + "env")
        .ok()
        .says("\nM=/", "\nT=pkcs11:token=laptop\n", "\nPORT=");
    lab.sh("stat -c '%a %n' pin.txt so-pin.txt").ok().says("600 pin.txt", "600 so-pin.txt");
    lab.sh("openssl verify -CAfile ca.crt ca.crt && openssl pkey -in ca.key -noout").ok();
  }

  @Test
  void everyPageIsListed() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      Set<String> pages =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".md"))
              .map(name -> name.replace(".md", ""))
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(
          pages, rows().map(row -> row.group(1)).collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  @Test
  void aTestOfItsRowRunsThePage() throws IOException {
    for (MatchResult row : rows().toList()) {
      String annotation = "@Documented(\"%s\")".formatted(row.group(1));
      boolean documented = false;
      for (MatchResult test : TEST.matcher(row.group(2)).results().toList()) {
        documented |= Files.readString(TESTS.resolve(test.group() + ".java")).contains(annotation);
      }
      assertTrue(documented, row.group(2) + " should run " + row.group(1));
    }
  }

  private static Stream<MatchResult> rows() throws IOException {
    return ROW.matcher(Files.readString(PAGES.resolveSibling("clients.md"))).results();
  }
}
