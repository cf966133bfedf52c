package dev.tpm2token.cli.ssh;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Verb;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    return new Lines(found.toString(), List.of("Host " + host, "  PKCS11Provider " + found));
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
