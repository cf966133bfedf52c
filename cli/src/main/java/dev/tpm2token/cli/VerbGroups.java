package dev.tpm2token.cli;

import dev.tpm2token.cli.attest.CredentialVerb;
import dev.tpm2token.cli.cert.CertDelete;
import dev.tpm2token.cli.cert.CertExport;
import dev.tpm2token.cli.cert.CertImport;
import dev.tpm2token.cli.cert.CertList;
import dev.tpm2token.cli.cert.CertSelfSign;
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
import dev.tpm2token.cli.store.StoreCheckVerb;
import dev.tpm2token.cli.token.PinChange;
import dev.tpm2token.cli.token.PinSet;
import dev.tpm2token.cli.token.PinUnblock;
import dev.tpm2token.cli.token.TokenDescription;
import dev.tpm2token.cli.token.TokenInit;
import dev.tpm2token.cli.token.TokenList;
import dev.tpm2token.cli.token.TokenRemove;
import dev.tpm2token.cli.token.TokenRename;
import dev.tpm2token.cli.tpm.HierarchySetAuth;
import dev.tpm2token.cli.tpm.LockoutVerb;
import dev.tpm2token.cli.tpm.PrimaryVerb;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The words that group verbs. */
final class VerbGroups {
  private VerbGroups() {}

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
}
