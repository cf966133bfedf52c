package dev.tpm2token.cli;

import dev.tpm2token.config.Configuration;
import dev.tpm2token.config.ConfigurationException;
import dev.tpm2token.config.LogTarget;
import dev.tpm2token.config.Setting;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.Log;
import dev.tpm2token.token.PasswordFiles;
import dev.tpm2token.token.Settings;
import dev.tpm2token.token.store.Store;
import dev.tpm2token.token.store.StoreCheck;
import dev.tpm2token.token.store.StoreException;
import dev.tpm2token.token.store.TokenFolder;
import dev.tpm2token.token.store.TokenRecord;
import dev.tpm2token.tpm.Administration;
import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.DictionaryAttack;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.TpmTransportException;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code tpm2-token doctor}: what is used, what it is, what is wrong and how to mend it. */
@Command(
    name = "doctor",
    description = "Says which TPM and which store are used, what is wrong, and how to mend it.",
    footer = {"  tpm2-token doctor --json | jq -r '.findings[] | select(.mend != \"\").mend'"})
final class Doctor extends Verb {
  private static final String ANOTHER_STORE = "choose another store (TPM2_TOKEN_STORE)";
  private static final String ANOTHER_PARENT =
      "set parent in the configuration to a storage key's handle, or leave it out";

  /** Of damage, so many are named; store check names all. */
  private static final int MOST_NAMED = 8;

  private final List<Finding> findings = new ArrayList<>();

  /**
   * One thing that was looked at.
   *
   * @param what "TPM", "store", …
   * @param is what it is, or what is wrong with it
   * @param mend where something is wrong, what to do; else empty
   */
  record Finding(String what, String is, String mend) implements Part {
    private void print(PrintWriter out) {
      if (mend.isEmpty()) {
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
    try {
      examine(configuration());
    } catch (ConfigurationException e) {
      wrong("configuration", String.valueOf(e.getMessage()), "correct it there");
    }
    long problems = findings.stream().filter(each -> !each.mend.isEmpty()).count();
    return new Examination(List.copyOf(findings), problems);
  }

  private void examine(Configuration configuration) {
    say("configuration", configuration.file().map(Path::toString).orElse("no file; defaults"));
    say("transport", described(configuration.tcti()));
    configuration.parentAuthFile().ifPresent(file -> examinePasswordFile("parent_auth_file", file));
    configuration.ownerAuthFile().ifPresent(file -> examinePasswordFile("owner_auth_file", file));
    Settings settings = Setup.settings(configuration, true);
    List<TokenRecord> tokens = tokens(settings);
    try (TpmDevice device =
        new TpmDevice(settings.tcti(), settings.lease(), settings.passwords())) {
      boolean reached = examineTpm(device);
      if (reached) {
        examineParent(device, configuration, tokens);
      }
      say("store", described(configuration.store()));
      examineStore(settings.store());
      for (TokenRecord token : tokens) {
        say(
            "token",
            "%s, serial %s, slot %d"
                .formatted(Texts.shown(token.label()), token.serial(), token.slot()));
        if (reached) {
          examineParentOf(token, device);
        }
      }
    }
    examineLog(configuration.log());
  }

  /** Those that can be read; what cannot is among the damage. */
  private static List<TokenRecord> tokens(Settings settings) {
    return new Store(settings.store(), new SecureRandom(), Log.NONE)
        .tokens().stream().map(TokenFolder::record).toList();
  }

  private void examinePasswordFile(String key, Setting<Path> file) {
    try {
      Arrays.fill(PasswordFiles.read(file.value()), (byte) 0);
      say(key, described(file));
    } catch (CryptokiException e) {
      wrong(
          key,
          String.valueOf(e.getMessage()),
          "have the password in a file of mode 0600, or take %s out of %s"
              .formatted(key, file.source()));
    }
  }

  /** Whether it answers. */
  private boolean examineTpm(TpmDevice device) {
    try {
      Capabilities found = device.call(Capabilities::probe);
      say(
          "TPM",
          "%s %s, firmware %x, specification %s"
              .formatted(
                  found.manufacturer(),
                  found.vendor(),
                  found.firmwareVersion(),
                  found.specification()));
      say(
          "keys",
          "RSA %s, curves %s".formatted(joined(found.rsaKeyBits()), joined(found.curves())));
      examineGuesses(device.call(DictionaryAttack::read));
      return true;
    } catch (TpmTransportException e) {
      wrong("TPM", e.getMessage(), "set TPM2_TOKEN_TCTI, or make the device accessible");
    } catch (TpmException e) {
      wrong("TPM", Failures.words(e), "restart it, or update its firmware: tpm2-token selftest");
    }
    return false;
  }

  private void examineGuesses(DictionaryAttack guesses) {
    if (!guesses.isOn()) {
      wrong(
          "wrong PINs",
          "the TPM does not count them: whoever has it and the store can try every PIN",
          "tpm2-token lockout set --tries 32 --recovery 600");
      return;
    }
    say(
        "wrong PINs",
        "%d of %d counted; one less each %d s"
            .formatted(guesses.lockoutCounter(), guesses.maxAuthFail(), guesses.lockoutInterval()));
    if (guesses.inLockout()) {
      wrong(
          "wrong PINs",
          "the TPM is locked after too many wrong PINs",
          "wait %d s, or reset it: tpm2-token lockout reset".formatted(guesses.lockoutInterval()));
    }
  }

  private void examineParent(
      TpmDevice device, Configuration configuration, List<TokenRecord> tokens) {
    TpmHandle handle = new TpmHandle(configuration.parent().value());
    try {
      Parent found = device.call(tpm -> tpm.readParent(handle));
      say("storage key", "%s, %s".formatted(handle, found.publicArea().type()));
    } catch (TpmResponseException e) {
      if (e.is(TpmRc.HANDLE)) {
        examineOwner(device, configuration, tokens, handle);
      } else {
        wrong("storage key", "%s: %s".formatted(handle, Failures.words(e)), ANOTHER_PARENT);
      }
    } catch (TpmException | CryptokiException | IllegalArgumentException e) {
      wrong("storage key", Failures.words(e), ANOTHER_PARENT);
    }
  }

  /** There is no storage key: whether one can be made. */
  private void examineOwner(
      TpmDevice device, Configuration configuration, List<TokenRecord> tokens, TpmHandle handle) {
    boolean password = device.call(tpm -> new Administration(tpm).hasPassword(TpmHandle.OWNER));
    if (password && configuration.ownerAuthFile().isEmpty()) {
      wrong(
          "storage key",
          handle + ", not there yet, and the owner, who makes it, has a password",
          "tpm2-token provision --owner-auth-file FILE");
    } else {
      say(
          "storage key",
          handle
              + (tokens.isEmpty() ? ", not there yet: made with the first token" : ", not there"));
    }
  }

  private void examineParentOf(TokenRecord token, TpmDevice device) {
    TpmHandle handle = new TpmHandle(token.parent().handle());
    try {
      device.call(
          tpm -> {
            tpm.check(token.parent().parent());
            return true;
          });
    } catch (TpmException | CryptokiException | IllegalArgumentException e) {
      wrong(
          "token",
          "%s: %s".formatted(Texts.shown(token.label()), Failures.words(e)),
          "reach the TPM that it was made on (TPM2_TOKEN_TCTI). If this is it: where another key is"
              + " at %1$s, tpm2-token primary evict --handle %1$s; then tpm2-token provision%2$s"
                  .formatted(handle, kind(token))
              + " --handle %s makes the key anew, unless the TPM was cleared: then the token's keys"
                  .formatted(handle)
              + " are lost, and tpm2-token token remove takes it away");
    }
  }

  private static String kind(TokenRecord token) {
    return token.parent().parent().publicArea().type().equals(TpmAlgId.RSA) ? " --rsa" : " --ecc";
  }

  private void examineStore(Path store) {
    try {
      if (!Setup.isThere(store)) {
        examinePlace(store);
        return;
      }
      StoreCheck check = StoreCheck.of(store);
      examineDamage(store, check.findings());
      if (!Files.isWritable(store)) {
        say("store", "it can be read and not written: keys can be used and not made");
      }
    } catch (CommandException | StoreException e) {
      wrong("store", String.valueOf(e.getMessage()), "run as its owner, or " + ANOTHER_STORE);
    }
  }

  /** Whether a store could be made: the nearest folder that is there is asked, by making one. */
  private void examinePlace(Path store) {
    Path above = store.toAbsolutePath();
    while (above.getParent() != null && !Files.exists(above, LinkOption.NOFOLLOW_LINKS)) {
      above = above.getParent();
    }
    try {
      Files.delete(Files.createTempDirectory(above, ".tpm2-token"));
      say("store", "not there yet: made with the first token");
    } catch (IOException e) {
      wrong(
          "store",
          "%s is not there and cannot be made: no folder can be made in %s".formatted(store, above),
          "make it for this account, or " + ANOTHER_STORE);
    }
  }

  private void examineDamage(Path store, List<StoreCheck.Finding> found) {
    for (StoreCheck.Finding each : found.subList(0, Math.min(found.size(), MOST_NAMED))) {
      if (each.file().equals(store)) {
        wrong("store", store + " is open to other users", "chmod 700 " + store);
      } else {
        wrong(
            "store",
            Texts.shown("%s: %s".formatted(each.file(), each.what())),
            each.remedy() == StoreCheck.Remedy.NONE
                ? "look at it, or put the token back: tpm2-token restore FILE"
                : "tpm2-token store repair");
      }
    }
    if (found.size() > MOST_NAMED) {
      wrong(
          "store",
          "%d more are damaged".formatted(found.size() - MOST_NAMED),
          "tpm2-token store check names them");
    }
  }

  private void examineLog(Setting<LogTarget> log) {
    say("log", described(log));
    Optional<Path> target = log.value().file();
    if (target.isEmpty() || target.get().equals(Path.of("/dev/stderr"))) {
      return;
    }
    Path file = target.get().toAbsolutePath();
    Path asked = Files.exists(file) ? file : file.getParent();
    if (asked == null || !Files.isWritable(asked) || Files.isDirectory(file)) {
      wrong(
          "log",
          file + " cannot be written",
          "make its folder, or name another file in " + log.source());
    }
  }

  private static String joined(Set<?> values) {
    return values.stream().map(String::valueOf).sorted().collect(Collectors.joining(" "));
  }

  private static String described(Setting<?> setting) {
    return "%s (%s)".formatted(setting.value(), setting.source());
  }

  private void say(String what, String text) {
    findings.add(new Finding(what, text, ""));
  }

  private void wrong(String what, String is, String mend) {
    findings.add(new Finding(what, is, mend));
  }
}
