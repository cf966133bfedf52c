package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.Cryptoki;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * What each verb prints with {@code --json} where all is well is what docs/json.md says: these
 * fields, of these types, and no others. A verb with no row in the table fails the test.
 */
class JsonOutputTest {
  /** Command lines that succeed, a verb at least once, run in this order. */
  private static final String TABLE =
      """
      token init --label spare --so-pin-file @so-pin --pin-file @pin
      token list
      token info --token spare
      token rename --token spare --label extra
      pin set --token bare --so-pin-file @so-pin --new-pin-file @pin
      pin change --token extra --pin-file @pin --new-pin-file @other-pin
      pin unblock --token extra --so-pin-file @so-pin --new-pin-file @pin
      token remove --token extra --yes
      key generate --token lab --label web --pin-file @pin
      key generate --token lab --label boot --pcr sha256:16 --pin-file @pin
      key import --token lab --label rsa --pin-file @pin @rsa
      key import --token lab --pin-file @pin --passphrase-file @pin @p12
      key list --token lab --pin-file @pin
      key label --token lab --label boot --pin-file @pin start
      key delete --token lab --label start --pin-file @pin --yes
      key export --token lab --label web --public
      key export --token lab --label web --tss2 --no-passphrase --pin-file @pin @web.tpm
      key wrap --no-passphrase @rsa
      srk export
      srk export @srk.pub
      key wrap --no-passphrase --for @srk.pub @rsa @rsa.tpm
      cert self-sign --token lab --label web --subject CN=web --pin-file @pin
      cert import --token lab @chain
      cert export --token lab --label web
      cert list --token lab
      cert delete --token lab --label web --yes
      csr --token lab --label web --subject CN=web --pin-file @pin
      ssh public --token lab
      ssh config --module @pin
      list
      doctor
      attest --token lab --label web --pin-file @pin
      attest --token lab --label web --pin-file @pin @web.proof
      verify @web.proof
      credential make @web.proof @question
      credential activate @question
      backup --token lab @lab.backup
      token remove --token lab --yes
      restore @lab.backup
      store check
      store repair
      caps
      selftest
      hierarchy set-auth owner --clear
      lockout show
      lockout set --tries 10
      lockout reset
      primary create
      primary persist --handle 0x81000005
      primary list
      primary evict --handle 0x81000005 --yes
      flush --yes
      provision
      completion bash
      """;

  private static final Pattern SECTION = Pattern.compile("## (.+)");
  private static final Pattern FIELD =
      Pattern.compile(
          "( *)- `(\\w+)`: (text or null|text|number|true or false|octets|an object"
              + "|a list of objects|a list of texts|a list of numbers)(, .+)?");

  /** A field, and what it consists of. */
  private record Field(String type, Map<String, Field> parts) {}

  private static final CommandRun COMMAND = new CommandRun();

  /** The page's verbs: the object that each prints. */
  private static Map<String, Field> page = Map.of();

  static Stream<String> lines() {
    return TABLE.lines();
  }

  @BeforeAll
  static void setUp() throws IOException {
    page = read(Files.readAllLines(Path.of("../docs/json.md")));
    COMMAND.token("lab");
    try (Cryptoki module = COMMAND.module()) {
      module.initToken(
          module.slots().getLast(),
          "5678-officer".getBytes(StandardCharsets.UTF_8),
          "bare".getBytes(StandardCharsets.UTF_8));
    }
    COMMAND.write("other-pin", "4321-user\n");
    COMMAND.shell(
        """
        openssl genrsa -out rsa 2048
        openssl req -x509 -key rsa -subj /CN=ca -out ca
        openssl ecparam -name prime256v1 -genkey -noout -out ec
        openssl req -x509 -key ec -subj /CN=leaf -out leaf
        openssl pkcs12 -export -inkey ec -in leaf -name leaf -passout file:pin -out p12
        openssl req -x509 -key ec -subj /CN=new -out new
        cat new ca leaf >chain
        """);
  }

  @AfterAll
  static void end() {
    COMMAND.close();
  }

  private static Map<String, Field> read(List<String> lines) {
    Map<String, Field> verbs = new LinkedHashMap<>();
    Deque<Field> open = new ArrayDeque<>();
    for (String line : lines) {
      Matcher section = SECTION.matcher(line);
      Matcher field = FIELD.matcher(line);
      if (section.matches()) {
        open.clear();
        open.push(new Field("an object", new LinkedHashMap<>()));
        verbs.put(section.group(1), open.getFirst());
      } else if (field.matches()) {
        while (open.size() > 1 + field.group(1).length() / 2) {
          open.pop();
        }
        Field read = new Field(field.group(3), new LinkedHashMap<>());
        open.getFirst().parts().put(field.group(2), read);
        open.push(read);
      } else {
        assertTrue(line.isEmpty() || open.isEmpty(), "what is this? " + line);
      }
    }
    return verbs;
  }

  private static String verb(String line) {
    return HelpTest.verbs()
        .filter(verb -> (line + " ").startsWith(verb + " "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void eachVerbHasALine() {
    assertEquals(
        HelpTest.verbs().sorted().toList(),
        lines().map(JsonOutputTest::verb).distinct().sorted().toList());
  }

  @ParameterizedTest
  @MethodSource("lines")
  void whatIsPrintedIsWhatThePageSays(String line) {
    CommandRun.Ended ended = COMMAND.run(line + " --json");
    JsonNode printed =
        (verb(line).equals("verify") ? ended.fails(ExitStatus.FAILED) : ended.ok()).json();
    check(line, Objects.requireNonNull(page.get(verb(line))), printed);
  }

  private static void check(String where, Field field, JsonNode value) {
    boolean good =
        switch (field.type()) {
          case "text" -> value.isString();
          case "text or null" -> value.isString() || value.isNull();
          case "octets" -> value.isString() && value.asString().matches("([0-9a-f]{2})*");
          case "number" -> value.isIntegralNumber();
          case "true or false" -> value.isBoolean();
          case "an object" -> value.isObject();
          default -> value.isArray();
        };
    assertTrue(good, () -> "%s: %s is not %s".formatted(where, value, field.type()));
    switch (field.type()) {
      case "an object" -> {
        assertEquals(field.parts().keySet(), Set.copyOf(value.propertyNames()), where);
        field.parts().forEach((name, part) -> check(where + " " + name, part, value.get(name)));
      }
      case "a list of objects" ->
          value.forEach(each -> check(where, new Field("an object", field.parts()), each));
      case "a list of texts" -> value.forEach(each -> assertTrue(each.isString(), where));
      case "a list of numbers" -> value.forEach(each -> assertTrue(each.isIntegralNumber(), where));
      default -> {}
    }
  }
}
