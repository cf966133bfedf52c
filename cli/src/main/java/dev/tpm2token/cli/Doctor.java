package dev.tpm2token.cli;

import dev.tpm2token.config.Configuration;
import dev.tpm2token.config.Setting;
import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.Settings;
import dev.tpm2token.token.TokenInfo;
import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.DictionaryAttack;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code tpm2-token doctor}: what is used, what it is, what is wrong and how to mend it. */
@Command(
    name = "doctor",
    description = "Says which TPM and which store are used, what is wrong, and how to mend it.",
    footer = {"  tpm2-token doctor --json | jq -r '.findings[] | select(.mend).mend'"})
final class Doctor extends Verb {
  /** What others may do with a store is nothing. */
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private final List<Finding> findings = new ArrayList<>();

  /**
   * One thing that was looked at.
   *
   * @param what "TPM", "store", …
   * @param is what it is, or what is wrong with it
   * @param mend where something is wrong, what to do
   */
  record Finding(String what, String is, @Nullable String mend) implements Part {
    private void print(PrintWriter out) {
      if (mend == null) {
        out.printf(Locale.ROOT, "%-14s %s%n", what, is);
      } else {
        out.printf(Locale.ROOT, "%-14s %s%n%-14s %s%n", "  WRONG", is, "  to mend", mend);
      }
    }
  }

  /**
   * All that was looked at.
   *
   * @param problems how many findings have something to mend
   */
  record Examination(List<Finding> findings, long problems) implements Report {
    @Override
    public void print(PrintWriter out) {
      findings.forEach(each -> each.print(out));
      out.println(problems == 0 ? "All is well." : problems + " to mend.");
    }

    @Override
    public ExitStatus status() {
      return problems == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
    }
  }

  @Override
  protected Report run() {
    Configuration configuration = configuration();
    say("configuration", configuration.file().map(Path::toString).orElse("no file; defaults"));
    say("transport", described(configuration.tcti()));
    Settings settings = Setup.settings(configuration, true);
    examineTpm(settings);
    say("store", described(configuration.store()));
    examineStore(settings);
    say("log", described(configuration.log()));
    long problems = findings.stream().filter(each -> each.mend != null).count();
    return new Examination(List.copyOf(findings), problems);
  }

  private void examineTpm(Settings settings) {
    try (TpmDevice device =
        new TpmDevice(settings.tcti(), settings.lease(), settings.passwords())) {
      Capabilities found = device.call(Capabilities::probe);
      say(
          "TPM",
          "%s %s, firmware %x, specification 1.%02d"
              .formatted(
                  found.manufacturer(),
                  found.vendor(),
                  found.firmwareVersion(),
                  found.specRevision()));
      say(
          "keys",
          "RSA %s, curves %s".formatted(joined(found.rsaKeyBits()), joined(found.curves())));
      DictionaryAttack guesses = device.call(DictionaryAttack::read);
      say(
          "wrong PINs",
          "%d of %d counted; one less each %d s"
              .formatted(
                  guesses.lockoutCounter(), guesses.maxAuthFail(), guesses.lockoutInterval()));
      if (guesses.inLockout()) {
        wrong(
            "wrong PINs",
            "the TPM is locked after too many wrong PINs",
            "wait %d s, or reset it: tpm2-token lockout reset"
                .formatted(guesses.lockoutInterval()));
      }
      examineParent(device, new TpmHandle(settings.parentHandle()));
    } catch (TpmException e) {
      wrong("TPM", e.getMessage(), "set TPM2_TOKEN_TCTI, or make the device accessible");
    }
  }

  private void examineParent(TpmDevice device, TpmHandle handle) {
    try {
      Parent found = device.call(tpm -> tpm.readParent(handle));
      say("storage key", "%s, %s".formatted(handle, found.publicArea().type()));
    } catch (TpmResponseException e) {
      if (!e.is(TpmRc.HANDLE)) {
        throw e;
      }
      say("storage key", handle + ", not there yet: made with the first token");
    } catch (IllegalArgumentException e) {
      wrong(
          "storage key",
          String.valueOf(e.getMessage()),
          "set parent in the configuration to another handle");
    }
  }

  private void examineStore(Settings settings) {
    Path store = settings.store();
    if (!Files.exists(store)) {
      say("store", "not there yet: made with the first token");
      return;
    }
    try {
      if (!Files.isReadable(store) || !Files.isExecutable(store)) {
        wrong("store", store + " cannot be read", "run as its owner, or choose another store");
        return;
      }
      if (!PRIVATE.containsAll(Files.getPosixFilePermissions(store))) {
        wrong("store", store + " is open to other users", "chmod 700 " + store);
      }
      if (!Files.isWritable(store)) {
        say("store", "it can be read and not written: keys can be used and not made");
      }
    } catch (IOException e) {
      wrong("store", "%s: %s".formatted(store, e.getMessage()), "look at the file system");
    }
    try (Cryptoki module = new Cryptoki(settings)) {
      for (long slot : module.slots()) {
        TokenInfo token = module.tokenInfo(slot);
        if ((token.flags() & TokenInfo.CKF_TOKEN_INITIALIZED) != 0) {
          say("token", "%s, serial %s, slot %d".formatted(token.label(), token.serial(), slot));
        }
      }
    }
  }

  private static String joined(Set<?> values) {
    return values.stream().map(String::valueOf).sorted().collect(Collectors.joining(" "));
  }

  private static String described(Setting<?> setting) {
    return "%s (%s)".formatted(setting.value(), setting.source());
  }

  private void say(String what, String text) {
    findings.add(new Finding(what, text, null));
  }

  private void wrong(String what, String is, String mend) {
    findings.add(new Finding(what, is, mend));
  }
}
