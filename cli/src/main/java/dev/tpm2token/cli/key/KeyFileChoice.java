package dev.tpm2token.cli.key;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Secrets;
import dev.tpm2token.cli.SmallFile;
import dev.tpm2token.cli.Surroundings;
import dev.tpm2token.cli.keyfile.KeyFile;
import dev.tpm2token.cli.keyfile.KeyFileException;
import dev.tpm2token.cli.keyfile.KeyFileReader;
import dev.tpm2token.cli.keyfile.Passphrase;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a file with a private key is opened; a mixin. */
final class KeyFileChoice {
  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description =
          "The passphrase that the key's file, or the TPM key in it, has; - is standard input."
              + " Without it, it is asked for where there is one.")
  private @Nullable String passphraseFile;

  /** Whether a file with the passphrase was named. */
  boolean isGiven() {
    return passphraseFile != null;
  }

  /** The passphrase of a file, for as long as it is wanted. */
  Passphrase passphrase(Secrets secrets, String file) {
    return new Passphrase(
        () -> secrets.existing("passphrase of " + file, "--passphrase-file", passphraseFile));
  }

  /**
   * Reads a file.
   *
   * @param file - is standard input
   * @throws CommandException where there is no key to be had in it
   */
  static KeyFile read(Surroundings surroundings, String file, Passphrase passphrase) {
    byte[] content = SmallFile.read(surroundings, file);
    try {
      return KeyFileReader.read(content, passphrase);
    } catch (KeyFileException e) {
      throw new CommandException(
          e.isWrongPassphrase() ? ExitStatus.PIN : ExitStatus.FAILED,
          "%s: %s".formatted(file, e.getMessage()),
          e);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }
}
