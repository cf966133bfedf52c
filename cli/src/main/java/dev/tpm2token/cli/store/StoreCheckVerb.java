package dev.tpm2token.cli.store;

import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Part;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.Verb;
import dev.tpm2token.token.store.StoreCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tpm2-token store check} and {@code store repair}. */
public abstract class StoreCheckVerb extends Verb {
  /** Says what is damaged. */
  @Command(
      name = "check",
      description = "Says what in the store is damaged; neither the TPM nor a PIN is needed.",
      footer = {"  tpm2-token store check"})
  public static final class Check extends StoreCheckVerb {
    @Override
    protected Report run() {
      StoreCheck found = StoreCheck.of(configuration().store().value());
      return checked(found, false);
    }
  }

  /** Mends what can be mended. */
  @Command(
      name = "repair",
      description = {
        "Mends the store, and touches nothing that is whole.",
        "It takes back permissions, removes what cut-off writers left, and sets aside what cannot"
            + " be read, in a folder named damaged. Links are not followed: they move themselves."
      },
      footer = {"  tpm2-token store repair"})
  public static final class Repair extends StoreCheckVerb {
    @Option(names = "--dry-run", description = "Says what would be done, and does nothing.")
    private boolean dryRun;

    @Override
    protected Report run() {
      Path store = configuration().store().value();
      return checked(dryRun ? StoreCheck.of(store) : StoreCheck.mended(store), !dryRun);
    }
  }

  /**
   * Something that is not as it should be.
   *
   * @param file the file or folder
   * @param what is wrong with it
   * @param remedy "set aside", "make private", "delete" or "none"
   * @param mended whether the remedy was applied
   */
  record Damage(String file, String what, String remedy, boolean mended) implements Part {}

  /**
   * The store.
   *
   * @param tokens how many are whole
   * @param objects how many of these are whole, as far as can be told without a PIN
   * @param repaired whether the remedies were to be applied
   */
  record Checked(int tokens, int objects, List<Damage> damaged, boolean repaired)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      for (Damage each : damaged) {
        out.printf("%s: %s (%s)%n", Texts.shown(each.file), Texts.shown(each.what), each.remedy);
      }
      out.printf(
          "%d tokens and %d objects are whole; %d damaged%s%n",
          tokens, objects, damaged.size(), repaired ? outcome() : "");
    }

    private String outcome() {
      long mended = damaged.stream().filter(Damage::mended).count();
      if (mended == damaged.size()) {
        return mended == 0 ? "" : ", now mended";
      }
      return ", %d of them mended; the rest is left to you".formatted(mended);
    }

    /** What is left to somebody else to mend makes a repair a failure, too. */
    @Override
    public ExitStatus status() {
      return damaged.stream().allMatch(Damage::mended) ? ExitStatus.DONE : ExitStatus.FAILED;
    }
  }

  private static Checked checked(StoreCheck found, boolean repaired) {
    List<Damage> damaged =
        found.findings().stream()
            .map(
                each ->
                    new Damage(
                        each.file().toString(),
                        each.what(),
                        each.remedy().name().replace('_', ' ').toLowerCase(Locale.ROOT),
                        each.mended()))
            .toList();
    return new Checked(found.tokens(), found.objects(), damaged, repaired);
  }
}
