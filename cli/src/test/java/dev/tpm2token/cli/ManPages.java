package dev.tpm2token.cli;

import dev.tpm2token.config.Environment;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Writes the command's pages of manual, a page a verb, as AsciiDoc, of which the build makes roff.
 */
final class ManPages {
  private ManPages() {}

  /** The command where nothing surrounds it. */
  static CommandLine command() {
    return Tpm2Token.commandLine(
        new Surroundings(
            Environment.of(Map.of()),
            new ByteArrayInputStream(new byte[0]),
            new PrintWriter(PrintWriter.nullWriter()),
            new PrintWriter(PrintWriter.nullWriter()),
            Terminal.NONE));
  }

  /** The verb that these words call. */
  static CommandLine verb(String words) {
    CommandLine command = command();
    for (String word : words.split(" ", -1)) {
      command = Objects.requireNonNull(command.getSubcommands().get(word), words);
    }
    return command;
  }

  /** Argument: the folder. */
  public static void main(String[] arguments) throws IOException {
    int failed =
        ManPageGenerator.generateManPage(
            new File(arguments[0]), null, new boolean[0], false, command().getCommandSpec());
    if (failed != 0) {
      throw new IOException("picocli's generator ended with " + failed);
    }
  }
}
