package dev.tpm2token.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is read as a whole: a key, certificates, a proof. What is far longer than any of
 * these is refused and not read on, be it /dev/zero.
 */
public final class SmallFile {
  /** A key of 16384 bits with a chain of certificates is far shorter. */
  private static final int LONGEST = 1 << 20;

  private SmallFile() {}

  /**
   * What is in it.
   *
   * @throws CommandException where it cannot be read, or is too long
   */
  public static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in);
    } catch (IOException e) {
      throw CommandException.unreadable(file, e);
    }
  }

  /**
   * As above; a file called - is standard input.
   *
   * @throws CommandException where it cannot be read, or is too long
   */
  public static byte[] read(Surroundings surroundings, String file) {
    if (!file.equals("-")) {
      return read(Path.of(file));
    }
    try {
      return read(surroundings.in());
    } catch (IOException e) {
      throw CommandException.unreadable("standard input", e);
    }
  }

  private static byte[] read(InputStream in) throws IOException {
    byte[] content = in.readNBytes(LONGEST + 1);
    if (content.length > LONGEST) {
      throw new IOException("it is longer than %d octets, too long for this".formatted(LONGEST));
    }
    return content;
  }
}
