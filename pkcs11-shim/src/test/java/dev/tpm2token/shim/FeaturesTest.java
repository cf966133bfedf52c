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
  private static final Path TABLES = Path.of("src/main/c");
  private static final Pattern ROW = Pattern.compile("(?m)^(?:FUNCTION|ANSWERED_HERE)\\((C_\\w+)");

  private static List<String> functions(String table) throws IOException {
    Matcher matcher = ROW.matcher(Files.readString(TABLES.resolve(table)));
    return matcher.results().map(each -> each.group(1)).toList();
  }

  private static String section(String version, String table) throws IOException {
    List<String> functions = functions(table);
    return """

    ## Functions of Cryptoki %s

    All %d:

    %s
    """
        .formatted(
            version,
            functions.size(),
            functions.stream().map("- %s"::formatted).collect(Collectors.joining("\n")));
  }

  private static String page() throws IOException {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Features

        Made by `FeaturesTest` from the tables that the code runs by (`Mechanism.TABLE` and
        `functions*.def`); the build fails where this page says something else.
        """);
    page.append(section("2.40", "functions.def"));
    page.append(section("3.0, besides", "functions_3_0.def"));
    page.append(section("3.2, besides", "functions_3_2.def"));
    page.append(
        """

        ## Mechanisms

        On a TPM that has what they need: `C_GetMechanismList` shows those that work on the TPM at
        hand. Where the work is done in the TPM, that is what wants the private key: verifying and
        encrypting with a public key are in software all the same, without login. Where it is in the
        TPM or software, it is where the secret key is: in the TPM if it is a token's, sensitive and not
        extractable, and the TPM can do it.

        | mechanism | number | keys | functions | where |
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
                  place(mechanism)));
    }
    page.append(LEFT_OUT);
    return page.toString();
  }

  private static final String LEFT_OUT =
      """

      ## Left out, and why

      | what | why |
      |---|---|
      | CKM_MD5 and what is made with it | broken, and none of the [clients](docs/clients.md) needs it |
      | RSA keys of 1024 bits, the curves P-192 and P-224, which some TPMs have | too weak for new keys, and chips need not have them |
      | Triple DES, Camellia, SM3, SM4, SM2, the curve BN P-256, ECDAA, which some TPMs have | no client asks for them; SM2 and ECDAA have no mechanism in the standard |
      | EdDSA, X25519, ML-DSA, ML-KEM | no TPM has them (Library 1.59), and a private key outside of the TPM is not what this is for |
      | AES-CCM, XTS and CTS, HKDF, SP 800-108 and other derivations | software could do them; no client asks |
      """;

  private static String place(Mechanism mechanism) {
    return switch (mechanism.place()) {
      case TPM -> "TPM";
      case EITHER -> "TPM or software";
      case SOFTWARE -> "software";
    };
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
  void theListsAreWhole() throws IOException {
    assertEquals(68, functions("functions.def").stream().distinct().count());
    assertEquals(24, functions("functions_3_0.def").stream().distinct().count());
    assertEquals(12, functions("functions_3_2.def").stream().distinct().count());
  }

  @Test
  void noMechanismStandsTwice() {
    Set<Long> types = new HashSet<>();
    for (Mechanism mechanism : Mechanism.TABLE) {
      assertTrue(types.add(mechanism.type()), mechanism.name());
    }
  }
}
