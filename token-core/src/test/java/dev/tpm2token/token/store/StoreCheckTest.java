package dev.tpm2token.token.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.Log;
import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.ObjectId;
import dev.tpm2token.tpm.ParentTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody put into a store that is none of ours: never followed, opened or changed. */
class StoreCheckTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String SERIAL = "0123456789abcdef";
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path dir;

  private Path root;
  private Path objects;

  @BeforeEach
  void aTokenWithAnObject() {
    root = dir.resolve("store");
    objects = root.resolve(SERIAL).resolve("objects-00");
    byte[] area = ParentTemplate.ECC_STORAGE_ROOT.publicArea().marshal();
    TokenRecord.Seal seal = new TokenRecord.Seal(new byte[16], area, new byte[] {2});
    TokenRecord token =
        new TokenRecord(
            TokenRecord.FORMAT,
            SERIAL,
            1,
            "label",
            "objects-00",
            new TokenRecord.Tpm("IBM", "SW TPM", 1, 2),
            new TokenRecord.ParentKey(0x8100_0001, area),
            seal,
            null);
    CryptokiObject object =
        new CryptokiObject(
            ObjectId.fresh(RANDOM),
            Attributes.builder().put(AttributeType.CKA_CLASS, 0).build(),
            null,
            null);
    store().create(token).objects().add(List.of(object), Optional.empty());
  }

  private Store store() {
    return new Store(root, RANDOM, Log.NONE);
  }

  private static Path newObject(Path folder) {
    return folder.resolve(ObjectId.fresh(RANDOM) + ".json");
  }

  private static void fifo(Path file) throws Exception {
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private Path others(String name) throws IOException {
    Path file = Files.writeString(dir.resolve(name), "not ours");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return file;
  }

  private int seen() {
    return store().tokens().getFirst().objects().objects(Optional.empty()).size();
  }

  /** The one finding of a look that was followed by mending. */
  private StoreCheck.Finding mended() {
    List<StoreCheck.Finding> found = StoreCheck.mended(root).findings();
    assertEquals(1, found.size(), found::toString);
    return found.getFirst();
  }

  @Test
  void aWholeStoreIsWell() {
    StoreCheck check = StoreCheck.mended(root);
    assertEquals(List.of(), check.findings());
    assertEquals(1, check.tokens());
    assertEquals(1, check.objects());
  }

  @Test
  void whatALinkPointsToKeepsItsModeAndItsPlace() throws IOException {
    Path target = others("target");
    Path link = Files.createSymbolicLink(newObject(objects), target);
    assertEquals(1, seen());
    StoreCheck.Finding found = mended();
    assertTrue(found.mended() && found.what().contains("it is a link"), found.toString());
    assertEquals("rw-r--r--", mode(target));
    assertEquals("not ours", Files.readString(target));
    Path aside = objects.resolve("damaged").resolve(link.getFileName());
    assertTrue(Files.isSymbolicLink(aside));
    assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
    assertEquals(List.of(), StoreCheck.of(root).findings());
  }

  @Test
  void nobodyWaitsForAFifo() throws Exception {
    Path fifo = newObject(objects);
    fifo(fifo);
    assertTimeoutPreemptively(SOON, () -> assertEquals(1, seen()));
    assertTimeoutPreemptively(
        SOON, () -> assertTrue(mended().what().contains("a FIFO, a socket or a device")));
    assertFalse(Files.exists(fifo));
  }

  @Test
  void aFifoInPlaceOfTheTokenOrTheLock() throws Exception {
    Path token = root.resolve(SERIAL).resolve("token.json");
    Files.delete(token);
    fifo(token);
    Files.delete(root.resolve("lock"));
    fifo(root.resolve("lock"));
    assertTimeoutPreemptively(
        SOON,
        () -> {
          assertEquals(List.of(), store().tokens());
          StoreCheck check = StoreCheck.mended(root);
          assertEquals(2, check.findings().size());
          assertTrue(check.findings().stream().noneMatch(StoreCheck.Finding::mended));
          assertThrows(
              StoreException.class, () -> new DurableFiles(root).exclusively(() -> "it is ours"));
        });
  }

  @Test
  void aFolderAmongTheObjectsIsSetAsideWithWhatIsInIt() throws IOException {
    Path folder = Files.createDirectory(newObject(objects));
    Files.writeString(folder.resolve("inner"), "x");
    assertEquals(1, seen());
    assertTrue(mended().what().contains("it is a folder"));
    assertTrue(Files.exists(objects.resolve("damaged").resolve(folder.getFileName() + "/inner")));
  }

  @Test
  void linkedFoldersAreNotEntered() throws IOException {
    Path outside = Files.createDirectory(dir.resolve("outside"));
    Files.move(objects, outside.resolve("objects"));
    Files.createSymbolicLink(objects, outside.resolve("objects"));
    Files.createSymbolicLink(root.resolve("00000000000000aa"), outside);
    assertEquals(0, seen());
    StoreCheck check = StoreCheck.mended(root);
    assertEquals(2, check.findings().size(), check.findings()::toString);
    assertThrows(
        StoreException.class,
        () -> store().tokens().getFirst().objects().add(List.of(), Optional.empty()));
  }

  @Test
  void removingATokenRemovesNothingBehindALink() throws IOException {
    Path outside = Files.createDirectory(dir.resolve("outside"));
    Path kept = Files.writeString(outside.resolve("kept"), "x");
    Files.createSymbolicLink(objects.resolve("link"), outside);
    Files.createDirectories(objects.resolve("damaged/deep"));
    Files.createSymbolicLink(root.resolve(SERIAL).resolve("other"), kept);
    Store store = store();
    store.remove(store.tokens().getFirst());
    assertTrue(Files.exists(kept));
    assertFalse(Files.exists(root.resolve(SERIAL)));
  }

  @Test
  void whatIsMendedIsSaidAndWhatIsNotToo() throws IOException {
    Path token = root.resolve(SERIAL).resolve("token.json");
    Files.writeString(token, "{}");
    assertFalse(mended().mended());
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<StoreCheck.Finding> both = StoreCheck.mended(root).findings();
    assertEquals(List.of(true, false), both.stream().map(StoreCheck.Finding::mended).toList());
    assertEquals("rwx------", mode(root));
  }

  @Test
  void jsonWithoutItsPartsIsDamageAndNoMore() throws IOException {
    String id = ObjectId.fresh(RANDOM).text();
    Files.writeString(newObject(objects), "{}");
    Files.writeString(objects.resolve(id + ".json"), "{\"id\":\"" + id + "\",\"body\":{}}");
    assertEquals(1, seen());
    assertEquals(
        List.of("the object cannot be read", "the object cannot be read"),
        StoreCheck.of(root).findings().stream()
            .filter(each -> each.remedy() == StoreCheck.Remedy.SET_ASIDE)
            .map(StoreCheck.Finding::what)
            .toList());
    Path token = root.resolve(SERIAL).resolve("token.json");
    Files.writeString(token, "{\"format\":1,\"serial\":\"" + SERIAL + "\"}");
    assertEquals(List.of(), store().tokens());
  }

  @Test
  void aFileThatIsNoStore() throws IOException {
    Path file = others("file");
    StoreException none = assertThrows(StoreException.class, () -> StoreCheck.of(file));
    assertTrue(String.valueOf(none.getMessage()).contains("it is no folder"), none::toString);
    assertEquals(List.of(), StoreCheck.mended(dir.resolve("none")).findings());
    assertFalse(Files.exists(dir.resolve("none")));
  }

  @Test
  void theOwnerIsGivenWhatIsMadeAndNothingBehindALink() throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "only root may give files away");
    Path target = others("target");
    try (Stream<Path> files = Files.walk(root)) {
      for (Path each : files.toList()) {
        Files.setAttribute(each, "unix:uid", 65534);
      }
    }
    Files.delete(root.resolve("lock"));
    Files.createSymbolicLink(root.resolve("lock"), target);
    assertThrows(StoreException.class, () -> store().tokens().getFirst().update(any -> any));
    assertEquals(0, Files.getAttribute(target, "unix:uid"));
  }
}
