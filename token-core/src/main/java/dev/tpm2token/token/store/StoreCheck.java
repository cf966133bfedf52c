package dev.tpm2token.token.store;

import dev.tpm2token.token.object.ObjectId;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Looks for damage in a store, without the TPM and without a PIN: what can be read is read as the
 * module reads it. Mending loses nothing: what cannot be read is set aside, in a folder {@code
 * damaged} beside it.
 */
public final class StoreCheck {
  private static final Set<PosixFilePermission> FOLDER_MODE =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-------");
  private static final String ASIDE = "damaged";
  private static final String LATER = "written by a later version of tpm2-token";

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
    /** Nothing: it is not ours to judge. */
    NONE
  }

  /**
   * Something that is not as it should be.
   *
   * @param what is wrong, in words
   */
  public record Finding(Path file, String what, Remedy remedy) {}

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
      throw check.files.explain(e);
    }
    return check;
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

  /** Applies each finding's remedy, while no writer is at work. */
  public void mend() {
    files.exclusively(
        () -> {
          for (Finding each : findings) {
            mend(each);
          }
          return true;
        });
  }

  private static void mend(Finding finding) throws IOException {
    Path file = finding.file;
    switch (finding.remedy) {
      case SET_ASIDE -> {
        Path aside = file.resolveSibling(ASIDE);
        DurableFiles.makeFolder(aside);
        Files.move(file, aside.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
      case MAKE_PRIVATE ->
          Files.setPosixFilePermissions(file, Files.isDirectory(file) ? FOLDER_MODE : FILE_MODE);
      case DELETE -> DurableFiles.delete(file);
      case NONE -> {}
    }
  }

  private void examine() throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    checkMode(root, FOLDER_MODE);
    for (Path each : children(root)) {
      String name = String.valueOf(each.getFileName());
      if (Files.isDirectory(each) && Store.isSerial(name)) {
        examineToken(each);
      } else if (isTemporary(name)) {
        found(each, "left by a writer that was cut off", Remedy.DELETE);
      }
    }
  }

  private void examineToken(Path folder) throws IOException {
    checkMode(folder, FOLDER_MODE);
    Path file = folder.resolve(TokenFolder.FILE);
    TokenRecord record;
    try {
      record = StoreJson.read(Files.readAllBytes(file), TokenRecord.class, TokenRecord.FORMAT);
      checkPublicArea(record.soPin().publicArea());
      if (record.userPin() != null) {
        checkPublicArea(record.userPin().publicArea());
      }
      if (!String.valueOf(folder.getFileName()).equals(record.serial())) {
        found(file, "it is the token " + record.serial(), Remedy.NONE);
        return;
      }
    } catch (NoSuchFileException e) {
      found(folder, "a token without its token.json; restore it from a backup", Remedy.NONE);
      return;
    } catch (DamagedException | TpmException e) {
      found(
          file,
          isLater(e) ? LATER : "the token cannot be read; restore it from a backup",
          Remedy.NONE);
      return;
    }
    checkMode(file, FILE_MODE);
    tokens++;
    for (Path each : children(folder)) {
      String name = String.valueOf(each.getFileName());
      if (name.equals(record.objects())) {
        examineObjects(each);
      } else if (name.startsWith("objects-")) {
        found(each, "objects of a token that was initialised anew", Remedy.SET_ASIDE);
      } else if (isTemporary(name)) {
        found(each, "left by a writer that was cut off", Remedy.DELETE);
      }
    }
  }

  private void examineObjects(Path folder) throws IOException {
    checkMode(folder, FOLDER_MODE);
    for (Path file : children(folder)) {
      String name = String.valueOf(file.getFileName());
      if (isTemporary(name)) {
        found(file, "left by a writer that was cut off", Remedy.DELETE);
      } else if (!name.equals(ASIDE)) {
        examineObject(file, name);
      }
    }
  }

  private void examineObject(Path file, String name) throws IOException {
    checkMode(file, FILE_MODE);
    try {
      ObjectRecord record =
          StoreJson.read(Files.readAllBytes(file), ObjectRecord.class, ObjectRecord.FORMAT);
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
