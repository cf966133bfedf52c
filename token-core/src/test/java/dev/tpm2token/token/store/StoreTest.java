package dev.tpm2token.token.store;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIVATE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.Log;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.ObjectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  private static final String UID = "unix:uid";
  private static final int NOBODY = 65534;
  private static final Path TMP = Path.of("/tmp");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Optional<Secret> KEY = Optional.of(Secret.taking(new byte[32]));

  @TempDir Path folder;

  private Store store() {
    return new Store(folder.resolve("store"), RANDOM, Log.NONE);
  }

  private static TokenRecord record(String serial) {
    TokenRecord.Seal seal = new TokenRecord.Seal(new byte[16], new byte[] {1}, new byte[] {2});
    return new TokenRecord(
        TokenRecord.FORMAT,
        serial,
        1,
        "label",
        "objects-00",
        new TokenRecord.Tpm("IBM", "SW TPM", 1, 2),
        new TokenRecord.ParentKey(0x8100_0001, new byte[] {3}),
        seal,
        null);
  }

  private static CryptokiObject object(String label, boolean isPrivate) {
    return new CryptokiObject(
        ObjectId.fresh(RANDOM),
        Attributes.builder()
            .put(CKA_CLASS, 0)
            .put(CKA_LABEL, label)
            .put(CKA_PRIVATE, isPrivate)
            .build(),
        null,
        null);
  }

  private static List<String> labels(ObjectFolder objects, Optional<Secret> key) {
    return objects.objects(key).stream()
        .map(object -> new String(object.attributes().bytes(CKA_LABEL), UTF_8))
        .sorted()
        .toList();
  }

  @Test
  void readingMakesNothing() {
    assertEquals(List.of(), store().tokens());
    assertFalse(Files.exists(folder.resolve("store")));
  }

  /** Root gives it away; anybody else may not, and keeps it. Whoever runs this tests his half. */
  @Test
  void whatRootWritesIsTheStoresOwners() throws IOException {
    boolean isRoot = "root".equals(System.getProperty("user.name"));
    Path root = isRoot ? Files.createDirectory(folder.resolve("store")) : amongOthersFolders();
    int owner = isRoot ? NOBODY : uid(folder);
    if (isRoot) {
      Files.setAttribute(root, UID, owner);
    } else {
      assertNotEquals(owner, uid(TMP));
    }
    new Store(root, RANDOM, Log.NONE)
        .create(record("0123456789abcdef"))
        .objects()
        .add(List.of(object("a", false)), KEY);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        assertEquals(owner, uid(each), each.toString());
        Files.delete(each);
      }
    }
  }

  /** A folder to come in one that is root's, and that anybody may write to. */
  private static Path amongOthersFolders() {
    return TMP.resolve("tpm2-token-store-" + ProcessHandle.current().pid());
  }

  private static int uid(Path file) throws IOException {
    return (int) Files.getAttribute(file, UID);
  }

  @Test
  void tokensAndObjectsAreThereForTheNextProcess() {
    store()
        .create(record("0123456789abcdef"))
        .objects()
        .add(List.of(object("a", false), object("b", true)), KEY);
    TokenFolder token = store().tokens().getFirst();
    assertEquals("label", token.record().label());
    assertEquals(List.of("a"), labels(token.objects(), Optional.empty()));
    assertEquals(List.of("a", "b"), labels(token.objects(), KEY));
  }

  @Test
  void twoTokensNeverHaveTheSameSlot() {
    Store one = store();
    Store two = store();
    one.create(record("0123456789abcdef"));
    two.create(record("0123456789abcde0"));
    assertEquals(List.of(1L, 2L), one.tokens().stream().map(t -> t.record().slot()).toList());
    assertEquals(3, one.nextSlot());
  }

  @Test
  void everythingIsTheOwnersAlone() throws IOException {
    store().create(record("0123456789abcdef")).objects().add(List.of(object("a", false)), KEY);
    try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
      for (Path file : files.toList()) {
        assertEquals(
            Files.isDirectory(file) ? "rwx------" : "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            file.toString());
      }
    }
  }

  @Test
  void aDamagedFileCostsOneObject() throws IOException {
    ObjectFolder objects = store().create(record("0123456789abcdef")).objects();
    CryptokiObject whole = object("whole", true);
    CryptokiObject damaged = object("damaged", true);
    objects.add(List.of(whole, damaged), KEY);
    Path file = file(damaged);
    byte[] content = Files.readAllBytes(file);
    for (int cut : new int[] {0, 1, content.length / 2, content.length - 3}) {
      Files.write(file, java.util.Arrays.copyOf(content, cut));
      ObjectFolder anew = store().tokens().getFirst().objects();
      assertEquals(List.of("whole"), labels(anew, KEY));
    }
  }

  @Test
  void anObjectInAnothersPlaceIsNotBelieved() throws IOException {
    ObjectFolder objects = store().create(record("0123456789abcdef")).objects();
    CryptokiObject one = object("one", true);
    CryptokiObject two = object("two", true);
    objects.add(List.of(one, two), KEY);
    String swapped =
        Files.readString(file(one)).replace(one.id().text(), two.id().text()); // sealed as "one"
    Files.writeString(file(two), swapped);
    assertEquals(List.of("one"), labels(store().tokens().getFirst().objects(), KEY));
  }

  private Path file(CryptokiObject object) {
    return folder.resolve("store/0123456789abcdef/objects-00/" + object.id() + ".json");
  }

  @Test
  void aTokenOfALaterVersionIsLeftAlone() throws IOException {
    store().create(record("0123456789abcdef"));
    Path file = folder.resolve("store/0123456789abcdef/token.json");
    String later = Files.readString(file).replace("\"format\" : 1", "\"format\" : 99");
    Files.writeString(file, later);
    assertEquals(List.of(), store().tokens());
    assertEquals(later, Files.readString(file));
  }

  @Test
  void changesOfTwoStoresDoNotOverwriteEachOther() throws Exception {
    store().create(record("0123456789abcdef"));
    CryptokiObject counter = object("", false);
    store().tokens().getFirst().objects().add(List.of(counter), KEY);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ObjectFolder mine = store().tokens().getFirst().objects();
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int n = 0; n < 25; n++) {
                      append(mine, counter.id());
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of("x".repeat(100)), labels(store().tokens().getFirst().objects(), KEY));
  }

  private static void append(ObjectFolder objects, ObjectId id) {
    ObjectFolder.Change change =
        now ->
            now.toBuilder().put(CKA_LABEL, new String(now.bytes(CKA_LABEL), UTF_8) + "x").build();
    assertTrue(objects.change(id, KEY, change).isPresent());
  }

  /** What a process that is killed writes: objects, as fast as it can. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      ObjectFolder objects =
          new Store(Path.of(arguments[0]), RANDOM, Log.NONE).tokens().getFirst().objects();
      for (int i = 0; ; i++) {
        objects.add(List.of(object("written " + i, true)), KEY);
        System.out.println(i);
      }
    }
  }

  @Test
  void aKilledWriterLeavesWholeObjectsAndNoLock() throws Exception {
    store().create(record("0123456789abcdef"));
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.resolve("store").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int said = -1;
    try (java.io.BufferedReader lines = writer.inputReader()) {
      while (said < 50) {
        said = Integer.parseInt(String.valueOf(lines.readLine()));
      }
      assertTrue(writer.toHandle().destroyForcibly()); // the process's own would close the stream
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said = Math.max(said, Integer.parseInt(line));
      }
    }
    assertTrue(writer.waitFor(10, TimeUnit.SECONDS));
    ObjectFolder objects = store().tokens().getFirst().objects();
    int whole = labels(objects, KEY).size();
    assertTrue(whole == said + 1 || whole == said + 2, whole + " objects, " + said + " said");
    objects.add(List.of(object("after", false)), KEY);
    assertEquals(whole + 1, labels(objects, KEY).size());
  }

  @Test
  void aReadOnlyStoreIsReadAndSaysThatItIs() throws IOException {
    store().create(record("0123456789abcdef")).objects().add(List.of(object("a", false)), KEY);
    Path root = folder.resolve("store");
    Files.delete(root.resolve("lock"));
    Files.createDirectory(root.resolve("lock")); // what root may not open for writing either
    TokenFolder token = store().tokens().getFirst();
    assertEquals(List.of("a"), labels(token.objects(), Optional.empty()));
    assertThrows(StoreException.class, () -> token.objects().add(List.of(object("b", false)), KEY));
  }
}
