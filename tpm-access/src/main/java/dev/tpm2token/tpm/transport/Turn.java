package dev.tpm2token.tpm.transport;

import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.TpmAlgId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user's processes take turns at a TPM that lets one in at a time. A TPM's own queue is short
 * (swtpm's holds one, and who does not fit in knocks again only after seconds), so they queue at a
 * file. Its first bytes are the places of a queue: who has locked one locks the next before leaving
 * it, and who has the first has the TPM. So nobody overtakes, and who was just there comes after
 * who is waiting. It is a courtesy: where the file cannot be made, or the wait is too long, they go
 * without.
 */
final class Turn implements AutoCloseable {
  private static final int PLACES = 16;

  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rwx------");

  private final @Nullable FileChannel channel;

  private Turn(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  /** Waits for a turn, as long as patience lasts. */
  static Turn take(String tpm, List<Path> queues, Duration patience) {
    FileChannel channel = null;
    try {
      channel = open(tpm, queues);
      if (channel != null && queue(channel, System.nanoTime() + patience.toNanos())) {
        return new Turn(channel); // which keeps the lock until it is closed
      }
    } catch (IOException | SecurityException | UnsupportedOperationException e) {
      // without
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close(channel);
    return new Turn(null);
  }

  /** Whether others wait for us. */
  boolean isInQueue() {
    return channel != null;
  }

  private static boolean queue(FileChannel channel, long end)
      throws IOException, InterruptedException {
    FileLock behind = null;
    for (int place = PLACES - 1; place >= 0; place--) {
      FileLock lock = lock(channel, place, end);
      if (lock == null) {
        return false;
      }
      if (behind != null) {
        behind.release();
      }
      behind = lock;
    }
    return true;
  }

  private static @Nullable FileChannel open(String tpm, List<Path> queues) throws IOException {
    Optional<Path> folder = queues.stream().filter(Turn::isOurs).findFirst();
    if (folder.isEmpty()) {
      return null;
    }
    byte[] hash = Hash.of(TpmAlgId.SHA256, tpm.getBytes(StandardCharsets.UTF_8));
    String name = "tpm2-token-" + HexFormat.of().formatHex(hash, 0, 8) + ".lock";
    return FileChannel.open(
        folder.get().resolve(name),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Whether a folder is one that nobody else writes to; it is made where there is none. */
  private static boolean isOurs(Path folder) {
    try {
      if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
      }
      PosixFileAttributes found =
          Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      String user = System.getProperty("user.name", "");
      return found.isDirectory()
          && found.permissions().equals(OWNER_ALONE)
          && Files.isWritable(folder) // of which root can say nothing
          && (!user.equals("root") || found.owner().getName().equals(user));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static @Nullable FileLock lock(FileChannel channel, long position, long end)
      throws IOException, InterruptedException {
    while (System.nanoTime() < end) {
      try {
        FileLock lock = channel.tryLock(position, 1, false);
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // held in this very process
      }
      Thread.sleep(1);
    }
    return null;
  }

  @Override
  public void close() {
    close(channel);
  }

  private static void close(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // and with it the locks
      }
    }
  }

  /** A transport that ends the turn when it is closed. */
  Transport over(Transport below) {
    return new Transport() {
      @Override
      public byte[] transmit(byte[] command) {
        return below.transmit(command);
      }

      @Override
      public void close() {
        try (Turn.this) {
          below.close();
        }
      }
    };
  }
}
