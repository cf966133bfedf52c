package dev.tpm2token.cli.store;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Setup;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenReport;
import dev.tpm2token.cli.Verb;
import dev.tpm2token.cli.token.TokenLabel;
import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.store.Backup;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token restore}: what backup wrote. */
@Command(
    name = "restore",
    description = {
      "Puts back a token that backup wrote.",
      "The file is checked to be whole. A token of the same serial number that is there is left"
          + " alone: token remove takes it away. Where another has its label, --label gives it a"
          + " new one."
    },
    footer = {"  tpm2-token restore laptop.backup"})
public final class RestoreVerb extends Verb {
  /** Ten thousand objects are some twenty million octets. */
  private static final int LONGEST = 24 << 20;

  @Parameters(paramLabel = "FILE", description = "What backup wrote.")
  private Path file = Path.of("");

  @Option(
      names = "--label",
      paramLabel = "LABEL",
      description = "What it is called from now on; as it was called without this.")
  private @Nullable String label;

  /**
   * The token that is back.
   *
   * @param token as it is now
   * @param objects how many it has
   */
  record Restored(TokenReport token, int objects) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf(
          "restored token %s, %d objects, slot %d%n",
          Texts.shown(token.label()), objects, token.slot());
    }
  }

  @Override
  protected Report run() {
    if (label != null && !TokenLabel.isGood(label)) {
      throw usage(TokenLabel.wrong(label));
    }
    Backup backup = read();
    String called = label != null ? label : backup.label();
    try (Cryptoki module = Setup.module(configuration())) {
      check(module, backup.serial(), called);
      long slot = module.restore(backup, called).orElseThrow(() -> isHere(backup.serial(), called));
      return new Restored(TokenReport.of(module.tokenInfo(slot), slot), backup.objects());
    }
  }

  /** Neither the same token is there, nor another that is called so. */
  private static void check(Cryptoki module, String serial, String called) {
    for (long slot : OpenToken.initialised(module)) {
      if (module.tokenInfo(slot).serial().equals(serial)) {
        throw isHere(serial, module.tokenInfo(slot).label());
      }
    }
    for (long slot : OpenToken.initialised(module)) {
      if (module.tokenInfo(slot).label().equals(called)) {
        throw new CommandException(
            ExitStatus.REFUSED,
            "another token is called %s, and two of one name confuse every program: give --label NEW"
                .formatted(Texts.shown(called)));
      }
    }
  }

  private static CommandException isHere(String serial, String called) {
    return new CommandException(
        ExitStatus.REFUSED,
        "token %s, serial %s, is here already".formatted(Texts.shown(called), serial));
  }

  private Backup read() {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(LONGEST + 1);
      if (content.length > LONGEST) {
        throw new IOException("it is longer than %d octets, too long for this".formatted(LONGEST));
      }
      return Backup.decode(content);
    } catch (IOException e) {
      throw CommandException.unreadable(file, e);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitStatus.FAILED, "%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
