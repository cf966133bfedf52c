package dev.tpm2token.interop.wycheproof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No file is forgotten: docs/conformance.md says of each, once, whether it is run. */
@Tag("tpm2token-only") // of the page, not of a module
class FilesTest {
  @Test
  void eachFileIsInOneRow() {
    List<String> patterns = ConformancePage.patterns();
    for (String file : VectorFile.names()) {
      List<String> rows =
          patterns.stream().filter(pattern -> ConformancePage.matches(pattern, file)).toList();
      assertEquals(1, rows.size(), file + " is in the rows " + rows);
    }
  }

  @Test
  void eachRowIsOfFiles() {
    List<String> files = VectorFile.names();
    for (String pattern : ConformancePage.patterns()) {
      assertTrue(files.stream().anyMatch(file -> ConformancePage.matches(pattern, file)), pattern);
    }
  }
}
