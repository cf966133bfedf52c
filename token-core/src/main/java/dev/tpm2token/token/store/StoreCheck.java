package dev.tpm2token.token.store;

import dev.tpm2token.token.object.ObjectId;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Looks for damage in a store, without the TPM and without a PIN: what can be read is read as the
 * module reads it. Mending loses nothing: what cannot be read is set aside, in a folder {@code
 * damaged} beside it. Whoever can write the store may have put anything there: a link, a FIFO or a
 * device is neither followed nor opened nor changed, and moves as what it is.
 */
public final class StoreCheck {
  private static final Set<PosixFilePermission> FOLDER_MODE =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-------");
  private static final String ASIDE = "damaged";
  private static final String LATER = "written by a later version of tpm2-token";

  /** Files of ours beside the tokens. */
  private static final Set<String> OURS = Set.of(CapabilitiesRecord.FILE, DurableFiles.LOCK);

  private final Path root;
  private final DurableFiles files;
  private final List<Finding> findings = new ArrayList<>();
  private int tokens;
  private int objects;

  /** What is done about a finding. */
  public enum Remedy {
    /** The file is moved into the folder {@code damaged}: a backup may have it whole. */
    SET_ASIDE,
    /** The file or folder becomes its owner's alone. */
    MAKE_PRIVATE,
    /** The file is what a writer left that was cut off; nothing refers to it. */
    DELETE,
    /** Nothing: somebody has to look at it. */
    NONE
  }

  /**
   * Something that is not as it should be.
   *
   * @param what is wrong, in words
   * @param mended whether the remedy was applied
   */
  public record Finding(Path file, String what, Remedy remedy, boolean mended) {
    private Finding(Path file, String what, Remedy remedy) {
      this(file, what, remedy, false);
    }

    /** Whether something cannot be had while this is so. */
    public boolean isLoss() {
      return remedy == Remedy.SET_ASIDE || remedy == Remedy.NONE;
    }
  }

  private StoreCheck(Path root) {
    this.root = root;
    this.files = new DurableFiles(root);
  }

  /** Looks at a store. */
  public static StoreCheck of(Path root) {
    StoreCheck check = new StoreCheck(root);
    try {
      check.examine();
    } catch (IOException e) {
      throw DurableFiles.unreadable(root, e);
    }
    return check;
  }

  /**
   * Looks at a store and applies each finding's remedy. Where there is any it looks again, while no
   * writer is at work: what one is about to put into its place looks like what one left.
   */
  public static StoreCheck mended(Path root) {
    StoreCheck seen = of(root);
    if (seen.findings.stream().allMatch(each -> each.remedy == Remedy.NONE)) {
      return seen;
    }
    StoreCheck check = new StoreCheck(root);
    return check.files.exclusively(
        () -> {
          check.examine();
          check.findings.replaceAll(check::mend);
          return check;
        });
  }

  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** How many tokens are whole. */
  public int tokens() {
    return tokens;
  }

  /** How many objects are whole, as far as can be told without a PIN. */
  public int objects() {
    return objects;
  }

  private Finding mend(Finding finding) {
    try {
      apply(finding);
      return new Finding(finding.file, finding.what, finding.remedy, finding.remedy != Remedy.NONE);
    } catch (IOException e) {
      String what = "%s; not mended: %s".formatted(finding.what, RegularFile.reason(e));
      return new Finding(finding.file, what, finding.remedy);
    }
  }

  private void apply(Finding finding) throws IOException {
    Path above = finding.file.getParent();
    if (finding.file.equals(root) || above == null) {
      Files.setPosixFilePermissions(root, FOLDER_MODE);
      return;
    }
    Path name = finding.file.getFileName();
    try (OpenFolder folder = OpenFolder.of(root, root.relativize(above))) {
      switch (finding.remedy) {
        case SET_ASIDE -> {
          DurableFiles.makeFolder(above.resolve(ASIDE));
          try (OpenFolder aside = folder.folder(Path.of(ASIDE))) {
            folder.move(name, aside);
          }
        }
        case MAKE_PRIVATE ->
            folder.setMode(name, folder.look(name).isDirectory() ? FOLDER_MODE : FILE_MODE);
        case DELETE -> folder.delete(name);
        case NONE -> {}
      }
    }
  }

  private void examine() throws IOException {
    try {
      if (!Files.readAttributes(root, BasicFileAttributes.class).isDirectory()) {
        throw new FileSystemException(root.toString(), null, "it is no folder");
      }
    } catch (NoSuchFileException e) {
      return;
    }
    List<Path> entries = children(root);
    checkMode(root, FOLDER_MODE);
    for (Path each : entries) {
      String name = String.valueOf(each.getFileName());
      if (Store.isSerial(name)) {
        looking(each, () -> examineToken(each));
      } else if (isTemporary(name)) {
        found(each, "left by a writer that was cut off", Remedy.DELETE);
      } else if (OURS.contains(name)) {
        looking(each, () -> examineFile(each));
      }
    }
  }

  /** A look at an entry of the store. */
  private interface Look {
    void run() throws IOException;
  }

  /** What cannot be looked at is a finding as well, and no reason not to look at the rest. */
  private void looking(Path file, Look look) {
    try {
      look.run();
    } catch (NoSuchFileException e) {
      return; // it went away meanwhile
    } catch (IOException e) {
      found(file, "cannot be read: " + RegularFile.reason(e), Remedy.NONE);
    }
  }

  private void examineToken(Path folder) throws IOException {
    if (isOther(folder, BasicFileAttributes::isDirectory, "the folder of a token", Remedy.NONE)) {
      return;
    }
    checkMode(folder, FOLDER_MODE);
    Path file = folder.resolve(TokenFolder.FILE);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      children(folder); // says where that is because it cannot be read
      found(folder, "a token without its token.json; restore it from a backup", Remedy.NONE);
      return;
    }
    looking(file, () -> examineTokenFile(folder, file));
  }

  private void examineTokenFile(Path folder, Path file) throws IOException {
    if (isOther(file, BasicFileAttributes::isRegularFile, "a file", Remedy.NONE)) {
      return;
    }
    checkMode(file, FILE_MODE);
    TokenRecord record;
    try {
      record = StoreJson.read(RegularFile.read(file), TokenRecord.class, TokenRecord.FORMAT);
      checkPublicArea(record.soPin().publicArea());
      if (record.userPin() != null) {
        checkPublicArea(record.userPin().publicArea());
      }
      if (!String.valueOf(folder.getFileName()).equals(record.serial())) {
        found(file, "it is the token " + record.serial(), Remedy.NONE);
        return;
      }
    } catch (DamagedException | TpmException e) {
      found(
          file,
          isLater(e) ? LATER : "the token cannot be read; restore it from a backup",
          Remedy.NONE);
      return;
    }
    tokens++;
    for (Path each : children(folder)) {
      String name = String.valueOf(each.getFileName());
      if (name.equals(record.objects())) {
        looking(each, () -> examineObjects(each));
      } else if (name.startsWith("objects-")) {
        found(each, "objects of a token that was initialised anew", Remedy.SET_ASIDE);
      } else if (isTemporary(name)) {
        found(each, "left by a writer that was cut off", Remedy.DELETE);
      }
    }
  }

  private void examineFile(Path file) throws IOException {
    if (!isOther(file, BasicFileAttributes::isRegularFile, "a file", Remedy.NONE)) {
      checkMode(file, FILE_MODE);
    }
  }

  private void examineObjects(Path folder) throws IOException {
    if (isOther(folder, BasicFileAttributes::isDirectory, "a folder of objects", Remedy.NONE)) {
      return;
    }
    checkMode(folder, FOLDER_MODE);
    for (Path file : children(folder)) {
      String name = String.valueOf(file.getFileName());
      if (isTemporary(name)) {
        found(file, "left by a writer that was cut off", Remedy.DELETE);
      } else if (!name.equals(ASIDE)) {
        looking(file, () -> examineObject(file, name));
      }
    }
  }

  private void examineObject(Path file, String name) throws IOException {
    if (isOther(file, BasicFileAttributes::isRegularFile, "an object's file", Remedy.SET_ASIDE)) {
      return;
    }
    checkMode(file, FILE_MODE);
    try {
      ObjectRecord record =
          StoreJson.read(RegularFile.read(file), ObjectRecord.class, ObjectRecord.FORMAT);
      if (!name.equals(record.id() + ".json")) {
        found(file, "it was renamed: it is the object " + record.id(), Remedy.SET_ASIDE);
      } else {
        if (record.body() != null) {
          record.body().object(new ObjectId(record.id()), false);
        }
        objects++;
      }
    } catch (DamagedException e) {
      if (e.isLater()) {
        found(file, LATER, Remedy.NONE);
      } else {
        found(file, "the object cannot be read", Remedy.SET_ASIDE);
      }
    }
  }

  private static boolean isLater(Exception e) {
    return e instanceof DamagedException damaged && damaged.isLater();
  }

  private static void checkPublicArea(byte[] area) {
    TpmReader.readAll(area, TpmtPublic::read);
  }

  /** Whether an entry is something else than what belongs there, which is then found. */
  private boolean isOther(
      Path file, Predicate<BasicFileAttributes> belongs, String wanted, Remedy remedy)
      throws IOException {
    BasicFileAttributes is = RegularFile.look(file);
    if (belongs.test(is)) {
      return false;
    }
    found(file, "it is %s and not %s".formatted(RegularFile.kind(is), wanted), remedy);
    return true;
  }

  private void checkMode(Path file, Set<PosixFilePermission> mode) throws IOException {
    if (!mode.containsAll(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))) {
      found(file, "other users may read or write it", Remedy.MAKE_PRIVATE);
    }
  }

  private void found(Path file, String what, Remedy remedy) {
    findings.add(new Finding(file, what, remedy));
  }

  private static boolean isTemporary(String name) {
    return name.startsWith(".") && name.endsWith(".tmp");
  }

  private static List<Path> children(Path folder) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(children::add);
    }
    children.sort(null);
    return children;
  }
}
