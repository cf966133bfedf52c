package dev.tpm2token.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * FEATURES.md is what the mechanism table says. With FEATURES_WRITE in the environment it is
 * written anew.
 */
class FeaturesTest {
  private static final Path FILE = Path.of("..", "FEATURES.md");

  private static String rendered() {
    StringBuilder text =
        new StringBuilder(
            """
            # Mechanisms

            Made from the mechanism table by FeaturesTest. What a given TPM cannot do is not listed by it.
            Where the place is the TPM, verifying and encrypting with a public key are in software all the same.

            | mechanism | number | keys | place | functions |
            |---|---|---|---|---|
            """);
    for (Mechanism row : Mechanism.TABLE) {
      text.append(
          "| %s | 0x%04X | %s | %s | %s |%n"
              .formatted(
                  row.name(),
                  row.type(),
                  row.keyType().map(type -> type.name().substring(4)).orElse(""),
                  row.place() == Mechanism.Place.TPM ? "TPM" : "software",
                  row.functions().stream()
                      .map(Function::name)
                      .map(name -> name.toLowerCase(Locale.ROOT).replace('_', ' '))
                      .collect(Collectors.joining(", "))));
    }
    return text.toString();
  }

  @Test
  void theFileIsNotStale() throws IOException {
    if (System.getenv("FEATURES_WRITE") != null) {
      Files.writeString(FILE, rendered());
    }
    assertEquals(rendered(), Files.readString(FILE));
  }

  @Test
  void eachRowIsThereOnce() {
    Set<Long> types = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (Mechanism row : Mechanism.TABLE) {
      assertTrue(types.add(row.type()), row.name());
      assertTrue(names.add(row.name()), row.name());
    }
  }
}
