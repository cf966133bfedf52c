package dev.tpm2token.cli.key;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Secrets;
import dev.tpm2token.token.crypto.Secret;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The password that a TPM key in a file gets; a mixin. */
final class NewPassword {
  /** Longer than any nameAlg's digest, an authValue is refused by the TPM (Part 1, 11.4.11). */
  private static final int LONGEST = 32;

  @Option(
      names = "--new-passphrase-file",
      paramLabel = "FILE",
      description = "The password that the TPM key in the file written gets; - is standard input.")
  private @Nullable String file;

  @Option(
      names = "--no-passphrase",
      description = "Whoever has the file and this TPM may use the key, and is asked for nothing.")
  private boolean none;

  /**
   * The password; empty where nobody is to be asked.
   *
   * @param unsaid what it is where no option says it
   */
  Secret get(Secrets secrets, String what, Supplier<Secret> unsaid) {
    if (none && file != null) {
      throw new CommandException(
          ExitStatus.USAGE, "--no-passphrase and --new-passphrase-file exclude each other");
    }
    if (none) {
      return Secret.taking(new byte[0]);
    }
    return checked(file == null ? unsaid.get() : ask(secrets, what));
  }

  /** Asked for, or out of the file. */
  Secret ask(Secrets secrets, String what) {
    return secrets.fresh("password of " + what, "--new-passphrase-file", file, "--no-passphrase");
  }

  private static Secret checked(Secret password) {
    int length = password.use(octets -> octets.length);
    if (length > LONGEST) {
      password.close();
      throw new CommandException(
          ExitStatus.PIN,
          "a TPM key's password has %d octets at most, and this one has %d: give a shorter one by --new-passphrase-file"
              .formatted(LONGEST, length));
    }
    return password;
  }
}
