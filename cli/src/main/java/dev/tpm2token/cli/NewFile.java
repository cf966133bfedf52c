package dev.tpm2token.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that a verb writes: never over one that is there, and whole or not at all. */
public final class NewFile {
  private NewFile() {}

  /**
   * Writes one that is its owner's alone.
   *
   * @throws CommandException where there is one of that name, or it cannot be written
   */
  public static void write(Path file, byte[] content) {
    write(file, content, "rw-------");
  }

  /**
   * Writes one that holds no secret: everybody may read it, as far as the umask lets them.
   *
   * @throws CommandException where there is one of that name, or it cannot be written
   */
  public static void writePublic(Path file, byte[] content) {
    write(file, content, "rw-r--r--");
  }

  private static void write(Path file, byte[] content, String permissions) {
    try {
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
      fill(file, channel, ByteBuffer.wrap(content));
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(ExitStatus.REFUSED, file + " is there already", e);
    } catch (IOException e) {
      throw new CommandException(
          ExitStatus.FAILED, "%s cannot be written: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** A full disk may show when the data go there, or with the last close: then no half remains. */
  private static void fill(Path file, FileChannel opened, ByteBuffer content) throws IOException {
    try (FileChannel channel = opened) {
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException also) {
        e.addSuppressed(also);
      }
      throw e;
    }
  }
}
