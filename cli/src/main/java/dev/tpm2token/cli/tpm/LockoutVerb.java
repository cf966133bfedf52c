package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.Question;
import dev.tpm2token.cli.Report;
import dev.tpm2token.tpm.DictionaryAttack;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tpm2-token lockout show}, {@code set} and {@code reset}. */
public abstract class LockoutVerb extends TpmVerb {
  /** How wrong PINs are counted. */
  record Shown(Caps.Lockout lockout) implements Report {
    @Override
    public void print(PrintWriter out) {
      lockout.print(out);
      out.printf(
          "wrong lockout password locks the lockout %s%n",
          lockout.lockoutSeconds() == 0
              ? "until the TPM is reset, as a reboot does"
              : "for %d s".formatted(lockout.lockoutSeconds()));
    }
  }

  protected final Shown shown() {
    return new Shown(Caps.Lockout.of(read()));
  }

  protected final DictionaryAttack read() {
    return on(device -> device.call(DictionaryAttack::read));
  }

  /** Shows it. */
  @Command(
      name = "show",
      description = "Shows how the TPM counts wrong PINs, and where the count stands.",
      footer = {"  tpm2-token lockout show"})
  public static final class Show extends LockoutVerb {
    @Override
    protected Report run() {
      return shown();
    }
  }

  /** With the lockout's password. */
  abstract static class Authorised extends LockoutVerb {
    @Option(
        names = "--auth-file",
        paramLabel = "FILE",
        description = "The lockout's password, where there is one; - is standard input.")
    private @Nullable String authFile;

    final void authorised(Authorized<Integer> work) {
      authorized(Hierarchy.lockout, "--auth-file", authFile, work);
    }
  }

  /** Unlocks it. */
  @Command(
      name = "reset",
      description = "Sets the count to zero, and unlocks the TPM.",
      footer = {"  tpm2-token lockout reset"})
  public static final class Reset extends Authorised {
    @Override
    protected Report run() {
      authorised(
          (tpm, auth) -> {
            tpm.resetLockout(auth);
            return 0;
          });
      return shown();
    }
  }

  /** Changes how it counts. */
  @Command(
      name = "set",
      description = "Sets how many wrong PINs lock the TPM, and for how long.",
      footer = {"  tpm2-token lockout set --tries 10 --recovery 600"})
  public static final class Set extends Authorised {
    @Option(names = "--tries", paramLabel = "N", description = "How many lock the TPM.")
    private @Nullable Integer tries;

    @Mixin private Question question = new Question();

    @Option(
        names = "--recovery",
        paramLabel = "SECONDS",
        description =
            "After how long it counts one less; 0 switches the counting off, and asks before.")
    private @Nullable Integer recovery;

    @Option(
        names = "--lockout-recovery",
        paramLabel = "SECONDS",
        description = "For how long a wrong lockout password locks the lockout; 0: until a reboot.")
    private @Nullable Integer lockoutRecovery;

    @Override
    protected Report run() {
      DictionaryAttack now = read();
      int most = tries != null ? tries : now.maxAuthFail();
      int interval = recovery != null ? recovery : now.lockoutInterval();
      int lockout = lockoutRecovery != null ? lockoutRecovery : now.lockoutRecovery();
      if (most == 0) {
        throw usage("--tries 0 would lock the TPM for good: it would take no PIN at all");
      }
      if (most < 0 || interval < 0 || lockout < 0) {
        throw usage("--tries wants a number from 1 on, the others seconds");
      }
      if (interval == 0 && recovery != null) {
        question.ask(
            surroundings(),
            "wrong PINs are not going to be counted: whoever has the store and this TPM can try"
                + " every PIN of every token");
      }
      authorised(
          (tpm, auth) -> {
            tpm.setLockout(auth, most, interval, lockout);
            return 0;
          });
      return shown();
    }
  }
}
