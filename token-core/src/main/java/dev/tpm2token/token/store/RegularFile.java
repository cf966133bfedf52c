package dev.tpm2token.token.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Files whose names are known and whose making is not: somebody else may have put a FIFO there, on
 * which a program waits for ever, a device without an end, or a link to what is not ours. Only a
 * file itself is opened, and no more of it read than there is room for.
 */
public final class RegularFile {
  /** More octets than any file of the store has. */
  static final int MOST = 8 << 20;

  private static final LinkOption[] LINKS_ARE_FOLLOWED = {};

  private RegularFile() {}

  /** What is under a name: of a link, the link. */
  static BasicFileAttributes look(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether it is a folder, and no link to one. */
  static boolean isFolder(Path folder) {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
  }

  /** What it is, as it stands after "it is". */
  static String kind(BasicFileAttributes found) {
    if (found.isRegularFile()) {
      return "a file";
    }
    if (found.isSymbolicLink()) {
      return "a link";
    }
    return found.isDirectory() ? "a folder" : "a FIFO, a socket or a device";
  }

  /** A file of the store; a link is none. */
  static byte[] read(Path file) throws IOException {
    return read(file, MOST, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * A small file that somebody named; it may be a link to one.
   *
   * @param most octets that it may have
   */
  public static byte[] readNamed(Path file, int most) throws IOException {
    return read(file, most, LINKS_ARE_FOLLOWED);
  }

  private static byte[] read(Path file, int most, LinkOption... links) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, links);
    if (!found.isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "it is " + kind(found));
    }
    if (found.size() > most) {
      throw tooLong(file);
    }
    try (InputStream in = Files.newInputStream(file, (OpenOption[]) links)) {
      byte[] content = in.readNBytes(most + 1); // it may grow meanwhile
      if (content.length > most) {
        throw tooLong(file);
      }
      return content;
    }
  }

  private static IOException tooLong(Path file) {
    return new FileSystemException(file.toString(), null, "it is too long");
  }

  /** A failure in words; the system's name the file, and often nothing else. */
  public static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> denied.getFile() + ": this account may not";
      case NoSuchFileException gone -> gone.getFile() + " is not there";
      case FileSystemException other when other.getReason() != null ->
          "%s: %s".formatted(other.getFile(), other.getReason());
      case DamagedException damaged -> String.valueOf(damaged.getMessage());
      default ->
          e.getClass() == IOException.class
              ? String.valueOf(e.getMessage())
              : "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage());
    };
  }
}
