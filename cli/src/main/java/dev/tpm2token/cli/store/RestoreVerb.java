package dev.tpm2token.cli.store;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Setup;
import dev.tpm2token.cli.TokenReport;
import dev.tpm2token.cli.Verb;
import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.store.Backup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token restore}: what backup wrote. */
@Command(
    name = "restore",
    description = {
      "Puts back a token that backup wrote.",
      "The file is checked to be whole. A token of the same serial number that is there is left"
          + " alone: token remove takes it away."
    },
    footer = {"  tpm2-token restore laptop.backup"})
public final class RestoreVerb extends Verb {
  @Parameters(paramLabel = "FILE", description = "What backup wrote.")
  private Path file = Path.of("");

  /** The token that is back. */
  record Restored(TokenReport token, int objects) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("restored token %s, %d objects, slot %d%n", token.label(), objects, token.slot());
    }
  }

  @Override
  protected Report run() {
    Backup backup = read();
    try (Cryptoki module = new Cryptoki(Setup.settings(configuration(), true))) {
      long slot =
          module
              .restore(backup)
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitStatus.REFUSED,
                          "token %s, serial %s, is here already"
                              .formatted(backup.label(), backup.serial())));
      return new Restored(TokenReport.of(module.tokenInfo(slot), slot), backup.objects());
    }
  }

  private Backup read() {
    try {
      return Backup.decode(Files.readAllBytes(file));
    } catch (IOException e) {
      throw CommandException.unreadable(file, e);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitStatus.FAILED, "%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
