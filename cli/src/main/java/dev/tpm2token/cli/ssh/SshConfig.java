package dev.tpm2token.cli.ssh;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.Verb;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tpm2-token ssh config}: what makes ssh use the token's keys. */
@Command(
    name = "config",
    description = "Prints the lines for ~/.ssh/config that have ssh use the token's keys.",
    footer = {"  tpm2-token ssh config --host '*.example.org' >>~/.ssh/config"})
public final class SshConfig extends Verb {
  private static final Pattern PLAIN = Pattern.compile("[\\w/.,:@%+=-]+");

  /** A backslash escapes since OpenSSH 8.7, and stood for itself before. */
  private static final Pattern NOT_IN_QUOTES = Pattern.compile("[\\p{Cc}\"\\\\]");

  private static final Pattern NOT_IN_PATTERNS = Pattern.compile("[\\p{Cc}\"'#\\\\]");

  @Option(
      names = "--host",
      paramLabel = "PATTERN",
      defaultValue = "*",
      description = "The hosts that it is for; ${DEFAULT-VALUE} without this.")
  private String host = "";

  @Option(
      names = "--module",
      paramLabel = "FILE",
      description = "libtpm2-token.so; without this, the one that this command came with.")
  private @Nullable Path module;

  /**
   * The lines.
   *
   * @param module the module that they name
   * @param lines a line each, as they go into the file
   */
  record Lines(String module, List<String> lines) implements Report {
    @Override
    public void print(PrintWriter out) {
      lines.forEach(out::println);
    }
  }

  @Override
  protected Report run() {
    Path found = module != null ? module.toAbsolutePath() : besideUs();
    if (!Files.exists(found)) {
      throw new CommandException(ExitStatus.NOT_FOUND, "there is no module " + found);
    }
    return new Lines(
        found.toString(),
        List.of(
            "Host " + written(host, "--host", NOT_IN_PATTERNS),
            "  PKCS11Provider " + quoted(found.toString())));
  }

  /** As ssh_config(5) wants an argument that has blanks or the like in it. */
  private static String quoted(String file) {
    String text = written(file, "the module's path", NOT_IN_QUOTES);
    return PLAIN.matcher(text).matches() ? text : '"' + text + '"';
  }

  private static String written(String text, String what, Pattern never) {
    if (never.matcher(text).find()) {
      throw new CommandException(
          ExitStatus.USAGE,
          "%s has a character that ssh_config cannot have there: %s"
              .formatted(what, Texts.shown(text)));
    }
    return text;
  }

  /** Where the build and distributions put the module, seen from the command. */
  private static Path besideUs() {
    try {
      Path bin = Path.of("/proc/self/exe").toRealPath().resolveSibling(".");
      return Stream.of(
              "../../pkcs11-shim/target/libtpm2-token.so",
              "../lib/libtpm2-token.so",
              "../lib/pkcs11/libtpm2-token.so",
              "../lib/x86_64-linux-gnu/pkcs11/libtpm2-token.so",
              "libtpm2-token.so")
          .map(each -> bin.resolve(each).normalize())
          .filter(Files::exists)
          .findFirst()
          .orElseThrow(
              () ->
                  new CommandException(
                      ExitStatus.NOT_FOUND, "libtpm2-token.so is not found: give --module FILE"));
    } catch (IOException e) {
      throw new CommandException(ExitStatus.NOT_FOUND, "give --module FILE", e);
    }
  }
}
