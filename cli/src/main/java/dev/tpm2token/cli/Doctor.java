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
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code tpm2-token doctor}: what is used, what it is, what is wrong and how to mend it. */
@Command(
    name = "doctor",
    description = "Says which TPM and which store are used, what is wrong, and how to mend it.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:all is well", "1:something has to be mended"})
final class Doctor implements Callable<Integer> {
  /** What others may do with a store is nothing. */
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  @ParentCommand private Tpm2Token parent;
  @Spec private CommandSpec spec;

  private int problems;

  /** For picocli, which fills in the fields. */
  @SuppressWarnings("NullAway.Init")
  Doctor() {}

  @Override
  public Integer call() {
    Configuration configuration = parent.configuration();
    say("configuration", configuration.file().map(Path::toString).orElse("no file; defaults"));
    say("transport", described(configuration.tcti()));
    Settings settings = Setup.settings(configuration, true);
    examineTpm(settings);
    say("store", described(configuration.store()));
    examineStore(settings);
    say("log", described(configuration.log()));
    out().println(problems == 0 ? "All is well." : problems + " to mend.");
    return problems == 0 ? Tpm2Token.DONE : Tpm2Token.FAILED;
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
            "the TPM is locked after too many wrong PINs",
            "wait %d s, or reset it: tpm2_dictionarylockout --clear-lockout"
                .formatted(guesses.lockoutInterval()));
      }
      examineParent(device, new TpmHandle(settings.parentHandle()));
    } catch (TpmException e) {
      wrong(String.valueOf(e.getMessage()), "set TPM2_TOKEN_TCTI, or make the device accessible");
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
      wrong(String.valueOf(e.getMessage()), "set parent in the configuration to another handle");
    }
  }

  private void examineStore(Settings settings) {
    Path store = settings.store();
    if (!Files.exists(store)) {
      say("", "not there yet: made with the first token");
      return;
    }
    try {
      if (!Files.isReadable(store) || !Files.isExecutable(store)) {
        wrong(store + " cannot be read", "run as its owner, or choose another store");
        return;
      }
      if (!PRIVATE.containsAll(Files.getPosixFilePermissions(store))) {
        wrong(store + " is open to other users", "chmod 700 " + store);
      }
      if (!Files.isWritable(store)) {
        say("", "it can be read and not written: keys can be used and not made");
      }
    } catch (IOException e) {
      wrong("%s: %s".formatted(store, e.getMessage()), "look at the file system");
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

  private void say(String what, @Nullable String text) {
    out().printf(Locale.ROOT, "%-14s %s%n", what, text);
  }

  private void wrong(String what, String mend) {
    problems++;
    out().printf(Locale.ROOT, "%-14s %s%n%-14s %s%n", "  WRONG", what, "  to mend", mend);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
