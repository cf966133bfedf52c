package dev.tpm2token.token.store;

import dev.tpm2token.token.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A token in the store: its folder, its record, and the folder of its objects. */
public final class TokenFolder {
  static final String FILE = "token.json";

  private final Path folder;
  private final DurableFiles files;
  private final SecureRandom random;
  private final Log log;

  private @Nullable TokenRecord record;
  private @Nullable ObjectFolder objects;
  private List<Object> stamp = List.of();

  TokenFolder(Path folder, DurableFiles files, SecureRandom random, Log log) {
    this.folder = folder;
    this.files = files;
    this.random = random;
    this.log = log;
  }

  /** Reads the record again if it has changed; false where there is none that can be read. */
  public synchronized boolean refresh() {
    Path file = folder.resolve(FILE);
    try {
      BasicFileAttributes stat = RegularFile.look(file);
      List<Object> now =
          List.of(String.valueOf(stat.fileKey()), stat.lastModifiedTime(), stat.size());
      if (!now.equals(stamp)) {
        accept(StoreJson.read(RegularFile.read(file), TokenRecord.class));
        stamp = now;
      }
      return true;
    } catch (NoSuchFileException e) {
      log.log(Log.Level.INFO, () -> "there is no token in %s (any more)".formatted(folder));
      return false;
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      log.log(Log.Level.ERROR, () -> "%s cannot be read: %s".formatted(file, e.getMessage()));
      return false;
    }
  }

  private void accept(TokenRecord read) {
    if (read.format() > TokenRecord.FORMAT) {
      throw new IllegalArgumentException("written by a later version of tpm2-token");
    }
    checkBelongs(folder, read);
    if (objects == null || record == null || !record.objects().equals(read.objects())) {
      objects = new ObjectFolder(folder.resolve(read.objects()), read.serial(), files, random, log);
    }
    record = read;
  }

  /** Checks that a record is this folder's: it was not copied here from elsewhere. */
  static void checkBelongs(Path folder, TokenRecord read) {
    if (!String.valueOf(folder.getFileName()).equals(read.serial())
        || !read.objects().matches("objects-[0-9a-f]+")) {
      throw new IllegalArgumentException("it does not belong here");
    }
  }

  /** The record as last read. */
  public synchronized TokenRecord record() {
    if (record == null) {
      throw new IllegalStateException("no record was read");
    }
    return record;
  }

  /** The token's objects. */
  public synchronized ObjectFolder objects() {
    if (objects == null) {
      throw new IllegalStateException("no record was read");
    }
    return objects;
  }

  /** Changes the record as it is now in the store, other processes' changes included. */
  public synchronized void update(UnaryOperator<TokenRecord> change) {
    files.exclusively(
        () -> {
          refresh();
          DurableFiles.write(folder.resolve(FILE), StoreJson.write(change.apply(record())));
          return refresh();
        });
  }

  /**
   * Puts a newly initialised token into this one's place. Its folder of objects is another, so the
   * old objects are gone at the instant that the record is replaced; their files go after that.
   */
  public synchronized void replace(TokenRecord initialised) {
    String old = record().objects();
    update(any -> initialised);
    files.exclusively(
        () -> {
          try (OpenFolder open = OpenFolder.of(folder)) {
            open.deleteFolder(Path.of(old));
          }
          return true;
        });
  }

  /** Takes the token out of the store: its record goes first, so that nobody sees half of it. */
  synchronized void remove(Path root) throws IOException {
    try (OpenFolder open = OpenFolder.of(root)) {
      Files.delete(folder.resolve(FILE));
      DurableFiles.force(folder);
      open.deleteFolder(folder.getFileName());
    }
  }
}
