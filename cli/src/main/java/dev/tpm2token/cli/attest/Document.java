package dev.tpm2token.cli.attest;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Json;
import dev.tpm2token.cli.NewFile;
import dev.tpm2token.cli.Part;
import dev.tpm2token.cli.SmallFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;

/** What machines send each other about their keys: a file of JSON, with octets in hex. */
interface Document extends Part {
  /** The version that we write. */
  int FORMAT = 1;

  /** The version of its form; a higher one than ours is left alone. */
  int format();

  /** Writes it. */
  default void write(Path file) {
    NewFile.writePublic(file, (Json.of(this) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Out of its file.
   *
   * @param writer the verb that writes such files, for the message
   * @throws CommandException where there is none in it
   */
  static <T extends Document> T read(Path file, Class<T> type, String writer) {
    try {
      T read = Json.read(SmallFile.read(file), type);
      if (read.format() <= FORMAT) {
        return read;
      }
      throw new CommandException(
          ExitStatus.FAILED, file + " was written by a later version of tpm2-token");
    } catch (JacksonException e) {
      throw new CommandException(
          ExitStatus.FAILED,
          "%s is not what tpm2-token %s writes, or is cut short".formatted(file, writer),
          e);
    }
  }
}
