package dev.tpm2token.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.object.KeyType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * FEATURES.md is made of the tables that the code runs by. {@code mvn test -pl pkcs11-shim -am
 * -Dfeatures.write} writes it anew; without that, a page that says something else fails the build.
 */
class FeaturesTest {
  private static final Path PAGE = Path.of("../FEATURES.md");
  private static final Path FUNCTIONS = Path.of("src/main/c/functions.def");
  private static final Pattern ROW =
      Pattern.compile("(?m)^(FUNCTION|ANSWERED_HERE|NOT_SUPPORTED)\\((C_\\w+)");

  private record Row(String kind, String name) {}

  private static List<Row> functions() throws IOException {
    Matcher matcher = ROW.matcher(Files.readString(FUNCTIONS));
    return matcher.results().map(each -> new Row(each.group(1), each.group(2))).toList();
  }

  private static String page() throws IOException {
    List<Row> functions = functions();
    long supported = functions.stream().filter(row -> !row.kind().equals("NOT_SUPPORTED")).count();
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Features

        Made by `FeaturesTest` from the tables that the code runs by (`Mechanism.TABLE` and
        `functions.def`); the build fails where this page says something else.

        ## Functions of Cryptoki 2.40

        %d of %d. The others answer CKR_FUNCTION_NOT_SUPPORTED.

        | function | |
        |---|---|
        """
            .formatted(supported, functions.size()));
    for (Row row : functions) {
      page.append(
          "| %s | %s |\n"
              .formatted(row.name(), row.kind().equals("NOT_SUPPORTED") ? "not yet" : "yes"));
    }
    page.append(
        """

        ## Mechanisms

        On a TPM that has what they need: `C_GetMechanismList` shows those that work on the TPM at
        hand. What is done in the TPM is what wants the private key; verifying and digesting are
        always in software, without login.

        | mechanism | number | keys | functions | private part |
        |---|---|---|---|---|
        """);
    for (Mechanism mechanism : Mechanism.TABLE) {
      page.append(
          "| %s | 0x%04x | %s | %s | %s |\n"
              .formatted(
                  mechanism.name(),
                  mechanism.type(),
                  mechanism.keyType().map(KeyType::name).orElse("–"),
                  mechanism.functions().stream()
                      .map(Function::name)
                      .map(name -> name.toLowerCase(java.util.Locale.ROOT).replace('_', ' '))
                      .collect(Collectors.joining(", ")),
                  mechanism.place() == Mechanism.Place.TPM ? "in the TPM" : "–"));
    }
    return page.toString();
  }

  @Test
  void thePageSaysWhatTheTablesSay() throws IOException {
    String made = page();
    if (System.getProperty("features.write") != null) {
      Files.writeString(PAGE, made);
    }
    assertEquals(
        made,
        Files.readString(PAGE),
        "mvn test -pl pkcs11-shim -am -Dfeatures.write makes it anew");
  }

  @Test
  void theListIsWhole() throws IOException {
    assertEquals(68, functions().size());
    Set<String> names = functions().stream().map(Row::name).collect(Collectors.toSet());
    assertEquals(68, names.size());
  }

  @Test
  void noMechanismStandsTwice() {
    Set<Long> types = new HashSet<>();
    for (Mechanism mechanism : Mechanism.TABLE) {
      assertTrue(types.add(mechanism.type()), mechanism.name());
    }
  }
}
