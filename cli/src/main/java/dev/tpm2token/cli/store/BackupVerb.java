package dev.tpm2token.cli.store;

import dev.tpm2token.cli.NewFile;
import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.token.store.Backup;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token backup}: a token's files in one. */
@Command(
    name = "backup",
    description = {
      "Writes a token's files into one file.",
      "It restores the token on this machine: no other TPM can open its keys. For a key that"
          + " another machine can take, see key wrap --for."
    },
    footer = {"  tpm2-token backup --token laptop laptop.backup"})
public final class BackupVerb extends OneTokenVerb {
  @Parameters(paramLabel = "FILE", description = "The file to write, which must not be there yet.")
  private Path file = Path.of("");

  /**
   * What was written.
   *
   * @param file the file that was written
   * @param label what the token is called
   * @param serial the token's serial number
   * @param objects how many the backup has
   */
  record Written(String file, String label, String serial, int objects) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("wrote token %s, %d objects, to %s%n", Texts.shown(label), objects, file);
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = open()) {
      Backup backup = token.module().backup(token.slot());
      NewFile.write(file, backup.encode());
      return new Written(file.toString(), backup.label(), backup.serial(), backup.objects());
    }
  }
}
