package dev.tpm2token.token.store;

import static dev.tpm2token.token.store.Fixtures.KEY;
import static dev.tpm2token.token.store.Fixtures.RANDOM;
import static dev.tpm2token.token.store.Fixtures.SERIAL;
import static dev.tpm2token.token.store.Fixtures.labels;
import static dev.tpm2token.token.store.Fixtures.object;
import static dev.tpm2token.token.store.Fixtures.privateKey;
import static dev.tpm2token.token.store.Fixtures.record;
import static dev.tpm2token.token.store.Fixtures.secretKey;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.Log;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.object.CryptokiObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A damaged file costs the object or the token that is in it, and the check names it. */
class DamageTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String OTHER = "fedcba9876543210";

  /** What is put where something else belongs. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "3.5",
          "1e400",
          "9223372036854775807",
          "9".repeat(400),
          "\"\"",
          "\"x\"",
          "\"hex:0\"",
          "\"../../x\"",
          "\"AAAA\"",
          "[]",
          "[\"x\"]",
          "[null]",
          "{}",
          "{\"a\":{}}",
          "[".repeat(400) + "]".repeat(400),
          "[".repeat(5000) + "]".repeat(5000));

  @TempDir Path folder;
  private final CryptokiObject open = privateKey("open", false);
  private final CryptokiObject sealed = secretKey("sealed", true);
  private Path objects;

  @BeforeEach
  void fill() {
    store().create(record(OTHER)).objects().add(List.of(object("elsewhere", false)), KEY);
    ObjectFolder made = store().create(record(SERIAL)).objects();
    made.add(List.of(open, sealed, object("whole", false)), KEY);
    objects = folder.resolve("store").resolve(SERIAL).resolve("objects-00");
    assertEquals(List.of("open", "sealed", "whole"), labels(token().objects(), KEY));
    assertEquals(List.of(), check());
  }

  private Store store() {
    return new Store(folder.resolve("store"), RANDOM, Log.NONE);
  }

  private TokenFolder token() {
    return store().tokens().stream()
        .filter(each -> each.record().serial().equals(SERIAL))
        .findFirst()
        .orElseThrow();
  }

  private List<Path> check() {
    return StoreCheck.of(folder.resolve("store")).findings().stream()
        .map(StoreCheck.Finding::file)
        .toList();
  }

  private Path file(CryptokiObject object) {
    return objects.resolve(object.id() + ".json");
  }

  // The mutations

  /** The file with each part of it gone, or another in its place. */
  private static List<byte[]> mutations(byte[] file) {
    List<byte[]> mutations = new ArrayList<>();
    JsonNode tree = JSON.readTree(file);
    for (String pointer : pointers(tree, "")) {
      String text = pointer.isEmpty() ? "" : JSON.writeValueAsString(remove(tree, pointer));
      mutations.add(text.getBytes(UTF_8));
      for (String value : VALUES) {
        mutations.add(replace(tree, pointer, value).getBytes(UTF_8));
      }
    }
    for (int length = 0; length < file.length; length += 5) {
      mutations.add(Arrays.copyOf(file, length));
    }
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      byte[] noisy = file.clone();
      noisy[random.nextInt(noisy.length)] = (byte) random.nextInt();
      mutations.add(noisy);
    }
    return mutations;
  }

  private static List<String> pointers(JsonNode node, String at) {
    List<String> all = new ArrayList<>(List.of(at));
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              e -> all.addAll(pointers(e.getValue(), at + "/" + e.getKey().replace("/", "~1"))));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        all.addAll(pointers(array.get(i), at + "/" + i));
      }
    }
    return all;
  }

  private static JsonNode remove(JsonNode tree, String pointer) {
    JsonNode copy = tree.deepCopy();
    int last = pointer.lastIndexOf('/');
    String name = pointer.substring(last + 1).replace("~1", "/");
    switch (copy.at(pointer.substring(0, last))) {
      case ObjectNode object -> object.remove(name);
      case ArrayNode array -> array.remove(Integer.parseInt(name));
      default -> throw new IllegalStateException(pointer);
    }
    return copy;
  }

  /** As text, because the value need not be one that a mapper writes. */
  private static String replace(JsonNode tree, String pointer, String value) {
    if (pointer.isEmpty()) {
      return value;
    }
    JsonNode copy = tree.deepCopy();
    int last = pointer.lastIndexOf('/');
    String name = pointer.substring(last + 1).replace("~1", "/");
    switch (copy.at(pointer.substring(0, last))) {
      case ObjectNode object -> object.put(name, "HERE");
      case ArrayNode array -> array.set(Integer.parseInt(name), JSON.valueToTree("HERE"));
      default -> throw new IllegalStateException(pointer);
    }
    return JSON.writeValueAsString(copy).replace("\"HERE\"", value);
  }

  @Test
  void aDamagedObjectCostsItself() throws IOException {
    for (byte[] mutation : mutations(Files.readAllBytes(file(open)))) {
      Files.write(file(open), mutation);
      String what = new String(mutation, UTF_8);
      List<String> listed = labels(token().objects(), KEY);
      assertTrue(listed.containsAll(List.of("sealed", "whole")), what);
      assertTrue(listed.size() == 3 || check().contains(file(open)), what);
    }
  }

  /** That what is sealed was changed shows with the token key alone. */
  @Test
  void aDamagedPrivateObjectCostsItself() throws IOException {
    byte[] whole = Files.readAllBytes(file(sealed));
    for (byte[] mutation : mutations(whole)) {
      Files.write(file(sealed), mutation);
      String what = new String(mutation, UTF_8);
      List<String> listed = labels(token().objects(), KEY);
      assertTrue(listed.containsAll(List.of("open", "whole")), what);
      check();
    }
  }

  @Test
  void aDamagedTokenCostsItself() throws IOException {
    Path file = objects.resolveSibling(TokenFolder.FILE);
    for (byte[] mutation : mutations(Files.readAllBytes(file))) {
      Files.write(file, mutation);
      String what = new String(mutation, UTF_8);
      List<TokenFolder> tokens = store().tokens();
      assertTrue(tokens.stream().anyMatch(each -> each.record().serial().equals(OTHER)), what);
      for (TokenFolder token : tokens) {
        token.objects().objects(KEY);
        token.record().parent().parent();
      }
      assertTrue(tokens.size() == 2 || check().contains(file), what);
      assertTrue(store().nextSlot() > 0, what);
    }
  }

  @Test
  void aLaterVersionsFilesAreNotOursToJudge() throws IOException {
    for (Path file : List.of(file(open), objects.resolveSibling(TokenFolder.FILE))) {
      Files.writeString(file, "{\"format\":2,\"id\":{},\"serial\":[]}");
      StoreCheck.Finding finding = StoreCheck.of(folder.resolve("store")).findings().getFirst();
      assertEquals(file, finding.file());
      assertEquals(StoreCheck.Remedy.NONE, finding.remedy());
    }
  }

  @Test
  void aDamagedBackupIsRefused() {
    int refused = 0;
    List<byte[]> mutations = mutations(store().backup(token()).encode());
    for (byte[] mutation : mutations) {
      try {
        assertEquals(SERIAL, Backup.decode(mutation).serial());
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertTrue(refused > mutations.size() / 2, () -> mutations.size() + " mutations");
  }

  // What is exchanged

  /** Who may write the files and has no PIN puts a key of their own into a key's place. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSecretKeyInTheOpenIsNone(boolean isPrivate) throws IOException {
    ObjectRecord.Body body =
        new ObjectRecord.Body(
            AttributesJson.toJson(secretKey("sealed", isPrivate).attributes()), null, new byte[16]);
    ObjectRecord forged = new ObjectRecord(1, sealed.id().text(), body, null);
    Files.write(file(sealed), StoreJson.write(forged));
    for (Optional<Secret> key : List.of(KEY, Optional.<Secret>empty())) {
      assertEquals(List.of("open", "whole"), labels(token().objects(), key));
    }
    assertEquals(List.of(file(sealed)), check());
  }

  @Test
  void aPrivateObjectInTheOpenIsNone() throws IOException {
    ObjectRecord.Body body =
        new ObjectRecord.Body(
            AttributesJson.toJson(object("sealed", true).attributes()), null, null);
    Files.write(file(sealed), StoreJson.write(new ObjectRecord(1, sealed.id().text(), body, null)));
    assertEquals(List.of("open", "whole"), labels(token().objects(), KEY));
    assertEquals(List.of(file(sealed)), check());
  }

  @Test
  void whatIsNoKeyHasNone() {
    for (CryptokiObject from : List.of(privateKey("k", false), secretKey("k", true))) {
      ObjectRecord.Key key =
          from.key() == null ? null : ObjectRecord.Key.of(Objects.requireNonNull(from.key()));
      ObjectRecord.Body data =
          new ObjectRecord.Body(
              AttributesJson.toJson(object("d", true).attributes()),
              key,
              key == null ? new byte[1] : null);
      assertThrows(DamagedException.class, () -> data.object(from.id(), true));
    }
  }
}
