package dev.tpm2token.token.store;

import dev.tpm2token.token.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
        accept(StoreJson.read(RegularFile.read(file), TokenRecord.class, TokenRecord.FORMAT));
        stamp = now;
      }
      return true;
    } catch (NoSuchFileException e) {
      log.log(Log.Level.INFO, () -> "there is no token in %s (any more)".formatted(folder));
      return false;
    } catch (IOException e) {
      log.log(Log.Level.ERROR, () -> "%s cannot be read: %s".formatted(file, e.getMessage()));
      return false;
    }
  }

  private void accept(TokenRecord read) throws IOException {
    if (!String.valueOf(folder.getFileName()).equals(read.serial())) {
      throw new IOException("it is the token " + read.serial());
    }
    if (objects == null || record == null || !record.objects().equals(read.objects())) {
      objects =
          new ObjectFolder(
              folder.resolve(read.objects()), read.serial(), this::checkThere, files, random, log);
    }
    record = read;
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

  /** Checks, while nobody else writes, that these are still the token's objects. */
  private synchronized void checkThere(ObjectFolder known) {
    if (!refresh() || objects != known) {
      throw new TokenGoneException(folder);
    }
  }

  /**
   * Changes the record as it is now in the store, other processes' changes included.
   *
   * @throws TokenGoneException where the token is not there any more
   */
  public void update(UnaryOperator<TokenRecord> change) {
    files.exclusively(
        () -> {
          write(change);
          return true;
        });
  }

  private synchronized void write(UnaryOperator<TokenRecord> change) throws IOException {
    if (!refresh()) {
      throw new TokenGoneException(folder);
    }
    DurableFiles.write(folder.resolve(FILE), StoreJson.write(change.apply(record())));
    refresh();
  }

  /**
   * Puts a newly initialised token into this one's place. Its folder of objects is another, so the
   * old objects are gone at the instant that the record is replaced; their files go after that.
   */
  public void replace(TokenRecord initialised) {
    files.exclusively(
        () -> {
          refresh();
          Path old = folder.resolve(record().objects());
          write(any -> initialised);
          discard(old);
          return true;
        });
  }

  /** Files that nothing refers to any more: where they cannot go, the new token is there anyway. */
  private void discard(Path old) {
    try {
      DurableFiles.delete(old);
    } catch (IOException e) {
      log.log(
          Log.Level.WARNING, () -> "%s is of no use and cannot be deleted: %s".formatted(old, e));
    }
  }

  /**
   * Takes the token out of the store, whole and at once: its folder gets a name that is no token's,
   * and goes under that name.
   */
  void remove() throws IOException {
    Path gone = DurableFiles.temporary(folder);
    DurableFiles.delete(gone);
    Files.move(folder, gone, StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.force(gone.resolveSibling("."));
    try {
      DurableFiles.delete(gone);
    } catch (IOException e) {
      throw new IOException(
          "the token is removed, but not all of its files: tpm2-token store repair", e);
    }
  }
}
