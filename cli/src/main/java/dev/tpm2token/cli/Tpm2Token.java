package dev.tpm2token.cli;

import dev.tpm2token.cli.attest.Attest;
import dev.tpm2token.cli.attest.CredentialVerb;
import dev.tpm2token.cli.attest.Verify;
import dev.tpm2token.cli.cert.CertDelete;
import dev.tpm2token.cli.cert.CertExport;
import dev.tpm2token.cli.cert.CertImport;
import dev.tpm2token.cli.cert.CertList;
import dev.tpm2token.cli.cert.CertSelfSign;
import dev.tpm2token.cli.cert.Csr;
import dev.tpm2token.cli.key.KeyDelete;
import dev.tpm2token.cli.key.KeyExport;
import dev.tpm2token.cli.key.KeyGenerate;
import dev.tpm2token.cli.key.KeyImport;
import dev.tpm2token.cli.key.KeyList;
import dev.tpm2token.cli.key.KeyRelabel;
import dev.tpm2token.cli.key.KeyWrap;
import dev.tpm2token.cli.key.SrkExport;
import dev.tpm2token.cli.ssh.SshConfig;
import dev.tpm2token.cli.ssh.SshPublic;
import dev.tpm2token.cli.store.BackupVerb;
import dev.tpm2token.cli.store.RestoreVerb;
import dev.tpm2token.cli.store.StoreCheckVerb;
import dev.tpm2token.cli.token.PinChange;
import dev.tpm2token.cli.token.PinSet;
import dev.tpm2token.cli.token.PinUnblock;
import dev.tpm2token.cli.token.TokenDescription;
import dev.tpm2token.cli.token.TokenInit;
import dev.tpm2token.cli.token.TokenList;
import dev.tpm2token.cli.token.TokenRemove;
import dev.tpm2token.cli.token.TokenRename;
import dev.tpm2token.cli.tpm.Caps;
import dev.tpm2token.cli.tpm.Flush;
import dev.tpm2token.cli.tpm.HierarchySetAuth;
import dev.tpm2token.cli.tpm.LockoutVerb;
import dev.tpm2token.cli.tpm.PrimaryVerb;
import dev.tpm2token.cli.tpm.Provision;
import dev.tpm2token.cli.tpm.SelfTestVerb;
import dev.tpm2token.config.ConfigurationException;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.Version;
import dev.tpm2token.token.store.StoreException;
import dev.tpm2token.tpm.TpmException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself; what it does is the matter of its verbs. */
@Command(
    name = "tpm2-token",
    description = "Keys behind this machine's TPM 2.0, for every program that speaks PKCS#11.",
    mixinStandardHelpOptions = true,
    versionProvider = Tpm2Token.Versions.class,
    subcommands = {
      ListTokens.class,
      Doctor.class,
      Tpm2Token.TokenVerbs.class,
      Tpm2Token.PinVerbs.class,
      Tpm2Token.KeyVerbs.class,
      Tpm2Token.CertVerbs.class,
      Csr.class,
      Tpm2Token.SshVerbs.class,
      BackupVerb.class,
      RestoreVerb.class,
      Tpm2Token.StoreVerbs.class,
      Provision.class,
      Caps.class,
      SelfTestVerb.class,
      Tpm2Token.HierarchyVerbs.class,
      Tpm2Token.LockoutVerbs.class,
      Tpm2Token.PrimaryVerbs.class,
      Tpm2Token.StorageKeyVerbs.class,
      Flush.class,
      Attest.class,
      Verify.class,
      Tpm2Token.CredentialVerbs.class,
    },
    footer = {
      "",
      "The library is libtpm2-token.so. TPM2_TOKEN_CONFIG, TPM2_TOKEN_STORE, TPM2_TOKEN_TCTI and",
      "TPM2_TOKEN_LOG say where things are; `tpm2-token doctor` says what they come to."
    })
public final class Tpm2Token implements Runnable {
  private final Surroundings surroundings;
  private @Nullable Secrets secrets;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--askpass",
      paramLabel = "PROGRAM",
      scope = ScopeType.INHERIT,
      description = "Asks for PINs and the like as SSH_ASKPASS does, instead of the terminal.")
  private @Nullable String askpass;

  private Tpm2Token(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Verbs about tokens. */
  @Command(
      name = "token",
      description = "Makes, shows and removes tokens.",
      mixinStandardHelpOptions = true,
      subcommands = {
        TokenInit.class,
        TokenList.class,
        TokenDescription.class,
        TokenRename.class,
        TokenRemove.class
      })
  static final class TokenVerbs extends Group {}

  /** Verbs about PINs. */
  @Command(
      name = "pin",
      description = "Sets, changes and unblocks a token's PINs.",
      mixinStandardHelpOptions = true,
      subcommands = {PinSet.class, PinChange.class, PinUnblock.class})
  static final class PinVerbs extends Group {}

  /** Verbs about keys. */
  @Command(
      name = "key",
      description = "Makes, imports, exports, shows and deletes keys.",
      mixinStandardHelpOptions = true,
      subcommands = {
        KeyGenerate.class,
        KeyImport.class,
        KeyList.class,
        KeyRelabel.class,
        KeyDelete.class,
        KeyExport.class,
        KeyWrap.class
      })
  static final class KeyVerbs extends Group {}

  /** Verbs about certificates. */
  @Command(
      name = "cert",
      description = "Imports, makes, shows and deletes certificates.",
      mixinStandardHelpOptions = true,
      subcommands = {
        CertImport.class,
        CertExport.class,
        CertList.class,
        CertDelete.class,
        CertSelfSign.class
      })
  static final class CertVerbs extends Group {}

  /** Verbs about OpenSSH. */
  @Command(
      name = "ssh",
      description = "Prints what OpenSSH wants to know of a token.",
      mixinStandardHelpOptions = true,
      subcommands = {SshPublic.class, SshConfig.class})
  static final class SshVerbs extends Group {}

  /** Verbs about the store. */
  @Command(
      name = "store",
      description = "Checks and mends the files that tokens are in.",
      mixinStandardHelpOptions = true,
      subcommands = {StoreCheckVerb.Check.class, StoreCheckVerb.Repair.class})
  static final class StoreVerbs extends Group {}

  /** Verbs about hierarchies. */
  @Command(
      name = "hierarchy",
      description = "Sets the passwords of the TPM's hierarchies.",
      mixinStandardHelpOptions = true,
      subcommands = {HierarchySetAuth.class})
  static final class HierarchyVerbs extends Group {}

  /** Verbs about the protection against guessing. */
  @Command(
      name = "lockout",
      description = "Shows, sets and resets how the TPM counts wrong PINs.",
      mixinStandardHelpOptions = true,
      subcommands = {LockoutVerb.Show.class, LockoutVerb.Set.class, LockoutVerb.Reset.class})
  static final class LockoutVerbs extends Group {}

  /** Verbs about primary keys. */
  @Command(
      name = "primary",
      description = "Makes, keeps, lists and removes the TPM's storage keys.",
      mixinStandardHelpOptions = true,
      subcommands = {
        PrimaryVerb.Create.class,
        PrimaryVerb.Persist.class,
        PrimaryVerb.Evict.class,
        PrimaryVerb.Listed.class
      })
  static final class PrimaryVerbs extends Group {}

  /** Verbs about the storage root key. */
  @Command(
      name = "srk",
      description = "Shows the storage key to others.",
      mixinStandardHelpOptions = true,
      subcommands = {SrkExport.class})
  static final class StorageKeyVerbs extends Group {}

  /** Verbs about whose attestation key it is. */
  @Command(
      name = "credential",
      description = "Asks a TPM whether an attestation key is its own.",
      mixinStandardHelpOptions = true,
      subcommands = {CredentialVerb.Make.class, CredentialVerb.Activate.class})
  static final class CredentialVerbs extends Group {}

  /** A word that wants another one after it. */
  @Command
  abstract static class Group implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
      throw new CommandLine.ParameterException(spec.commandLine(), "which of these?");
    }
  }

  /** What {@code --version} prints. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tpm2-token " + Version.TEXT};
    }
  }

  /**
   * Runs the command.
   *
   * @return an {@link ExitStatus}'s code
   */
  public static int run(String[] arguments, Surroundings surroundings) {
    CommandLine command =
        new CommandLine(new Tpm2Token(surroundings))
            .setOut(surroundings.out())
            .setErr(surroundings.err())
            .setExecutionExceptionHandler(
                (failure, line, parsed) -> {
                  line.getErr().println("tpm2-token: " + words(failure));
                  return status(failure).code();
                });
    command
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(exitCodes());
    int status = command.execute(arguments);
    surroundings.out().flush();
    surroundings.err().flush();
    return status;
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitStatus each : ExitStatus.values()) {
      codes.put(String.valueOf(each.code()), each.meaning());
    }
    return codes;
  }

  /** What a person reads of a failure: our own words where we have some. */
  private static String words(Exception failure) {
    return switch (failure) {
      case CommandException e -> String.valueOf(e.getMessage());
      case ConfigurationException e -> String.valueOf(e.getMessage());
      case TpmException e -> e.getMessage();
      case StoreException e -> String.valueOf(e.getMessage());
      case CryptokiException e -> words(e);
      default -> failure.toString();
    };
  }

  /** A return value in words, where it has none of its own. */
  private static String words(CryptokiException failure) {
    String name = failure.returnValue().name();
    return String.valueOf(failure.getMessage()).equals(name)
        ? name.substring("CKR_".length()).replace('_', ' ').toLowerCase(Locale.ROOT)
        : String.valueOf(failure.getMessage());
  }

  private static ExitStatus status(Exception failure) {
    return switch (failure) {
      case CommandException e -> e.status();
      case TpmException e -> ExitStatus.TPM;
      case CryptokiException e ->
          switch (e.returnValue()) {
            case CKR_PIN_INCORRECT,
                CKR_PIN_LOCKED,
                CKR_PIN_LEN_RANGE,
                CKR_PIN_INVALID,
                CKR_USER_PIN_NOT_INITIALIZED ->
                ExitStatus.PIN;
            case CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED, CKR_DEVICE_MEMORY -> ExitStatus.TPM;
            default -> ExitStatus.FAILED;
          };
      default -> ExitStatus.FAILED;
    };
  }

  Surroundings surroundings() {
    return surroundings;
  }

  /** One for the whole run: standard input is read once. */
  Secrets secrets() {
    Secrets found = secrets;
    if (found == null) {
      found = new Secrets(surroundings, askpass);
      secrets = found;
    }
    return found;
  }

  /** Without a verb. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
