package dev.tpm2token.token.store;

import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.store.Fixtures.KEY;
import static dev.tpm2token.token.store.Fixtures.RANDOM;
import static dev.tpm2token.token.store.Fixtures.SERIAL;
import static dev.tpm2token.token.store.Fixtures.labels;
import static dev.tpm2token.token.store.Fixtures.object;
import static dev.tpm2token.token.store.Fixtures.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tpm2token.token.Log;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.ObjectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  @TempDir Path folder;

  private Store store() {
    return new Store(folder.resolve("store"), RANDOM, Log.NONE);
  }

  @Test
  void readingMakesNothing() {
    assertEquals(List.of(), store().tokens());
    assertFalse(Files.exists(folder.resolve("store")));
  }

  /** Else whoever owns the store has root write where they put a link. */
  @Test
  void rootDoesNotWriteAnothersStore() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may write there");
    store().create(record(SERIAL)).objects().add(List.of(object("a", false)), KEY);
    Path root = folder.resolve("store");
    Files.setAttribute(root, "unix:uid", 65534);
    TokenFolder token = store().tokens().getFirst();
    assertEquals(List.of("a"), labels(token.objects(), KEY));
    StoreException e =
        assertThrows(StoreException.class, () -> store().create(record("0123456789abcde0")));
    assertTrue(e.writeProtected());
    assertTrue(String.valueOf(e.getMessage()).contains("with the number 65534"), e.getMessage());
    assertThrows(StoreException.class, () -> store().remove(token));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThrows(StoreException.class, () -> StoreCheck.mended(root));
    store().remember("fact", List.of());
    assertFalse(Files.exists(root.resolve("fact")));
  }

  /** As sudo would have it, where it keeps HOME. */
  @Test
  void rootMakesNoStoreInAHome() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may write there");
    Path home = Files.createDirectory(folder.resolve("home"));
    Files.setAttribute(home, "unix:uid", 65534);
    Store store = new Store(home.resolve(".local/share/tpm2-token"), RANDOM, Log.NONE);
    assertThrows(StoreException.class, () -> store.create(record(SERIAL)));
    assertFalse(Files.exists(home.resolve(".local")));
  }

  @Test
  void theLockIsNoLink() throws IOException {
    Path root = Files.createDirectory(folder.resolve("store"));
    Path target = folder.resolve("elsewhere");
    Files.createSymbolicLink(root.resolve("lock"), target);
    assertThrows(StoreException.class, () -> store().create(record(SERIAL)));
    assertFalse(Files.exists(target));
  }

  @Test
  void tokensAndObjectsAreThereForTheNextProcess() {
    store()
        .create(record(SERIAL))
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
    one.create(record(SERIAL));
    two.create(record("0123456789abcde0"));
    assertEquals(List.of(1L, 2L), one.tokens().stream().map(t -> t.record().slot()).toList());
    assertEquals(3, one.nextSlot());
  }

  @Test
  void everythingIsTheOwnersAlone() throws IOException {
    store().create(record(SERIAL)).objects().add(List.of(object("a", false)), KEY);
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
    ObjectFolder objects = store().create(record(SERIAL)).objects();
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
    ObjectFolder objects = store().create(record(SERIAL)).objects();
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
    store().create(record(SERIAL));
    Path file = folder.resolve("store/0123456789abcdef/token.json");
    String later = Files.readString(file).replace("\"format\" : 1", "\"format\" : 99");
    Files.writeString(file, later);
    assertEquals(List.of(), store().tokens());
    assertEquals(later, Files.readString(file));
  }

  @Test
  void changesOfTwoStoresDoNotOverwriteEachOther() throws Exception {
    store().create(record(SERIAL));
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
    store().create(record(SERIAL));
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

  /** Writers of one token against writers of the whole store: nobody waits for ever. */
  @Test
  void threadsTakeTheirLocksInOneOrder() throws Exception {
    Store store = store();
    TokenFolder token = store.create(record(SERIAL));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    for (int n = 0; n < 50; n++) {
                      token.update(record -> record.withLabel("again"));
                    }
                  }));
    }
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  for (int n = 0; n < 50; n++) {
                    store.backup(token);
                    store.tokens();
                    token.replace(token.record().withLabel("anew"));
                  }
                }));
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  for (int n = 0; n < 50; n++) {
                    store.remove(store.create(record("%016x".formatted(n))));
                  }
                }));
    for (Thread thread : threads) {
      assertTrue(thread.join(Duration.ofSeconds(60)), thread.getState()::toString);
    }
  }

  @Test
  void aTokenGoesWithAllThatIsInItsFolder() throws IOException {
    TokenFolder token = store().create(record(SERIAL));
    CryptokiObject damaged = object("damaged", false);
    token.objects().add(List.of(damaged, object("whole", false)), KEY);
    Files.writeString(file(damaged), "{");
    Path root = folder.resolve("store");
    StoreCheck.mended(root);
    assertTrue(Files.exists(file(damaged).resolveSibling("damaged")));
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("kept"), "");
    Files.createSymbolicLink(file(damaged).resolveSibling("damaged/link"), elsewhere);

    TokenRecord old = token.record();
    token.replace(
        new TokenRecord(
            1, SERIAL, 1, "anew", "objects-01", old.tpm(), old.parent(), old.soPin(), null));
    assertEquals("anew", store().tokens().getFirst().record().label());
    assertFalse(Files.exists(root.resolve(SERIAL).resolve("objects-00")));
    token.objects().add(List.of(object("new", false)), KEY);
    store().remove(token);
    assertFalse(Files.exists(root.resolve(SERIAL)));
    assertEquals(List.of(), StoreCheck.of(root).findings());
    assertTrue(Files.exists(elsewhere.resolve("kept")));
  }

  /** Removing was cut off: what is left is no token, and is mended away. */
  @Test
  void whatIsLeftOfATokenIsDeleted() throws IOException {
    store().create(record(SERIAL)).objects().add(List.of(object("a", false)), KEY);
    Path root = folder.resolve("store");
    Path left = root.resolve("." + SERIAL + ".1.tmp");
    Files.move(root.resolve(SERIAL), left);
    assertEquals(List.of(), store().tokens());
    StoreCheck.mended(root);
    assertFalse(Files.exists(left));
  }

  /** Initialising anew was cut off after the record: the old objects are nobody's. */
  @Test
  void objectsOfNoTokenAreSetAside() throws IOException {
    TokenFolder token = store().create(record(SERIAL));
    Path old = Files.createDirectory(folder.resolve("store/" + SERIAL + "/objects-99"));
    StoreCheck.mended(folder.resolve("store"));
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(old.resolveSibling("damaged/objects-99")));
    store().remove(token);
  }

  @Test
  void aBackupDoesNotReachOutOfItsFolder() {
    Path out = folder.resolve("out");
    String record = new String(StoreJson.write(record(SERIAL)), UTF_8);
    for (String objects : List.of(out.toString(), "../out", "objects-00/../../../out", "")) {
      byte[] forged =
          StoreJson.write(
              new BackupRecord(
                  1,
                  SERIAL,
                  "label",
                  Map.of(TokenFolder.FILE, record.replace("objects-00", objects).getBytes(UTF_8))));
      assertThrows(IllegalArgumentException.class, () -> Backup.decode(forged), objects);
    }
    assertFalse(Files.exists(folder.resolve("store")));
  }

  @Test
  void aTokenComesBackWholeOrNotAtAll() throws IOException {
    TokenFolder token = store().create(record(SERIAL));
    token.objects().add(List.of(object("a", false), object("b", true)), KEY);
    Backup backup = store().backup(token);
    store().remove(token);
    Path root = folder.resolve("store");
    Path inTheWay = DurableFiles.temporary(root.resolve(SERIAL).resolve("objects-00"));
    Path making = DurableFiles.temporary(root.resolve(SERIAL));
    assertEquals(root, making.getParent());
    assertTrue(store().restore(backup, backup.label()).isPresent());
    assertEquals(List.of("a", "b"), labels(store().tokens().getFirst().objects(), KEY));
    assertFalse(Files.exists(making) || Files.exists(inTheWay));
    assertTrue(store().restore(backup, backup.label()).isEmpty());
  }

  /** What the check advises where token.json is lost; objects that are newer than it stay. */
  @Test
  void aTokenComesBackWhereItsRecordWasLost() throws IOException {
    TokenFolder token = store().create(record(SERIAL));
    token.objects().add(List.of(object("a", false)), KEY);
    Backup backup = store().backup(token);
    token.objects().add(List.of(object("newer", false)), KEY);
    Files.writeString(folder.resolve("store/" + SERIAL + "/token.json"), "{}");
    assertTrue(store().restore(backup, backup.label()).isPresent());
    assertEquals(List.of("a", "newer"), labels(store().tokens().getFirst().objects(), KEY));
  }

  @Test
  void aReadOnlyStoreIsReadAndSaysThatItIs() throws IOException {
    store().create(record(SERIAL)).objects().add(List.of(object("a", false)), KEY);
    Path root = folder.resolve("store");
    Files.delete(root.resolve("lock"));
    Files.createDirectory(root.resolve("lock")); // what root may not open for writing either
    TokenFolder token = store().tokens().getFirst();
    assertEquals(List.of("a"), labels(token.objects(), Optional.empty()));
    assertThrows(StoreException.class, () -> token.objects().add(List.of(object("b", false)), KEY));
  }
}
