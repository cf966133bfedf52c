package dev.tpm2token.token;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A log in a file. Each line is one write to a file opened for appending, so that lines of several
 * processes do not mix; a log that cannot be written is not worth failing for.
 */
public final class FileLog implements Log {
  private static final Set<StandardOpenOption> APPENDING =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

  private static final Path STDERR = Path.of("/dev/stderr");

  private final Path file;
  private final Level level;

  /**
   * Where the file is standard error: the descriptor itself. Opened anew, a file behind it has an
   * offset of its own, and what the host says next is written over our lines; a socket cannot be
   * opened at all.
   */
  private final @Nullable OutputStream stderr;

  private final long process = ProcessHandle.current().pid();

  /** Appends to a file what matters as much as the level, or more. */
  public FileLog(Path file, Level level) {
    this.file = file;
    this.level = level;
    this.stderr = file.equals(STDERR) ? new FileOutputStream(FileDescriptor.err) : null;
  }

  @Override
  public boolean takes(Level wanted) {
    return wanted.compareTo(level) <= 0;
  }

  @Override
  public synchronized void write(Level of, String message) {
    String line =
        "%s %d %s %s%n"
            .formatted(Instant.now().truncatedTo(ChronoUnit.MILLIS), process, of, message);
    byte[] octets = line.getBytes(StandardCharsets.UTF_8);
    try {
      if (stderr != null) {
        stderr.write(octets);
      } else {
        append(octets);
      }
    } catch (IOException e) {
      // The host goes on without a log.
    }
  }

  private void append(byte[] octets) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            APPENDING,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap(octets));
    }
  }
}
