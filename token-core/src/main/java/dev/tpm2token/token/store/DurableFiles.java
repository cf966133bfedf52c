package dev.tpm2token.token.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.tpm2token.token.Account;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Files that a power cut or a kill leaves either as they were or as they were to be: written beside
 * their place, forced to the disk, renamed into it, and the folder forced too. One lock, between
 * threads and processes, for writers alone.
 */
final class DurableFiles {
  private static final FileAttribute<Set<PosixFilePermission>> FOLDER_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** The lock's name in the store. */
  static final String LOCK = "lock";

  private static final Set<OpenOption> NEW_FILE =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
  private static final Set<OpenOption> LOCK_FILE =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, NOFOLLOW_LINKS);

  /** A writer holds the lock for milliseconds; one that waits so long waits for a stopped one. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final long POLL_NANOS = 2_000_000;

  private final Path root;
  private final Path lockFile;
  private final ReentrantLock threads = new ReentrantLock(true);

  /** Of a store's folder. */
  DurableFiles(Path root) {
    this.root = root;
    this.lockFile = root.resolve(LOCK);
  }

  /** Work on files, that may fail as files do. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Makes a folder of the store and those above it, 0700. */
  static void makeFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, FOLDER_MODE);
    }
  }

  private static Path above(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " is in no folder");
    }
    return folder;
  }

  /** Where something is put together, or taken apart, that is not in its place. */
  static Path temporary(Path place) {
    return place.resolveSibling(
        ".%s.%d.tmp".formatted(place.getFileName(), ProcessHandle.current().pid()));
  }

  /** Puts a file into its place, whole or not at all, 0600. */
  static void write(Path file, byte[] content) throws IOException {
    if (content.length > RegularFile.MOST) {
      throw new FileSystemException(file.toString(), null, "it is too long for the store");
    }
    Path folder = above(file);
    Path temporary = temporary(file);
    Files.deleteIfExists(temporary);
    try {
      try (FileChannel channel = FileChannel.open(temporary, NEW_FILE, FILE_MODE)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    force(folder);
  }

  /** Forces a folder's entries to the disk. */
  static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Deletes a file, or a folder with all that is in it; of a link, the link. */
  static void delete(Path place) throws IOException {
    try (OpenFolder folder = OpenFolder.of(above(place))) {
      folder.delete(place.getFileName());
    }
  }

  /**
   * Runs work while no other writer, of this process or another, changes the store. Nobody may wait
   * for this while holding the monitor of a part of the store: see the package's description.
   *
   * @throws StoreException where files fail, or another writer does not let go for 20 seconds
   */
  <T> T exclusively(Work<T> work) {
    threads.lock();
    try {
      makeRoot();
      checkLockFile();
      try (FileChannel channel = FileChannel.open(lockFile, LOCK_FILE, FILE_MODE);
          FileLock lock = acquire(channel)) {
        if (!lock.isValid()) {
          throw new IOException("the lock was lost");
        }
        return work.run();
      }
    } catch (IOException e) {
      throw explain(e);
    } finally {
      threads.unlock();
    }
  }

  /**
   * Another account's store is read and never written, not even by root: its owner can put a link
   * where we are about to write, and what we make there would not be theirs to read. So root makes
   * no store in somebody's home either, where sudo may have left HOME.
   */
  private void makeRoot() throws IOException {
    int own = Account.own();
    if (!Files.isDirectory(root)) {
      if (own == Account.ROOT) {
        checkOwner(nearest(root), own);
      }
      Files.createDirectories(root, FOLDER_MODE);
    }
    checkOwner(root, own);
  }

  private static void checkOwner(Path folder, int own) throws IOException {
    int owner = Account.ownerOf(folder);
    if (owner != own) {
      throw new AccessDeniedException(
          folder.toString(),
          null,
          "%s is the account's with the number %d, and this is number %d; do it as that account"
              .formatted(folder, owner, own));
    }
  }

  /** The folder nearest above that is there. */
  private static Path nearest(Path folder) throws IOException {
    Path there = above(folder);
    while (!Files.isDirectory(there)) {
      there = above(there);
    }
    return there;
  }

  /** Opening another's FIFO to write would wait for its reader. */
  private void checkLockFile() throws IOException {
    try {
      BasicFileAttributes found = RegularFile.look(lockFile);
      if (!found.isRegularFile()) {
        throw new FileSystemException(
            lockFile.toString(), null, "it is %s: remove it".formatted(RegularFile.kind(found)));
      }
    } catch (NoSuchFileException e) {
      return; // it is made
    }
  }

  private FileLock acquire(FileChannel channel) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      FileLock lock = tryLock(channel);
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IOException(
            "another process has held it for %ds".formatted(PATIENCE.toSeconds()));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another module of this process, in another isolate, has none of our locks
    }
  }

  /** Says which path failed, why, and what to do. */
  StoreException explain(IOException e) {
    boolean denied =
        e instanceof AccessDeniedException
            || (e instanceof FileSystemException f
                && f.getReason() != null
                && f.getReason().contains("Read-only file system"));
    return new StoreException(denied ? denial((FileSystemException) e) : words(e), e, denied);
  }

  private static String denial(FileSystemException e) {
    String why =
        e instanceof AccessDeniedException && e.getReason() != null
            ? e.getReason()
            : "this user may not";
    return "cannot write %s: %s; or choose another store with TPM2_TOKEN_STORE"
        .formatted(e.getFile(), why);
  }

  private String words(IOException e) {
    return "store %s: %s".formatted(root, RegularFile.reason(e));
  }

  /** Says why the store cannot be read. */
  static StoreException unreadable(Path root, IOException e) {
    return new StoreException(
        "the store %s cannot be read: %s".formatted(root, RegularFile.reason(e)), e, false);
  }
}
