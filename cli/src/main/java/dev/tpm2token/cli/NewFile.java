package dev.tpm2token.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that a verb writes: 0600, and never over one that is there. */
public final class NewFile {
  private NewFile() {}

  /**
   * Writes it.
   *
   * @throws CommandException where there is one of that name, or it cannot be written
   */
  public static void write(Path file, byte[] content) {
    try (OutputStream out =
        Channels.newOutputStream(
            Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------"))))) {
      out.write(content);
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(ExitStatus.REFUSED, file + " is there already", e);
    } catch (IOException e) {
      throw new CommandException(
          ExitStatus.FAILED, "%s cannot be written: %s".formatted(file, e.getMessage()), e);
    }
  }
}
