package dev.tpm2token.cli.token;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenReport;
import dev.tpm2token.token.UserType;
import dev.tpm2token.token.crypto.Secret;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tpm2-token pin set}: C_InitPIN for a token that has no user PIN yet, or was made to need
 * none.
 */
@Command(
    name = "set",
    description = {
      "The security officer sets the first user PIN of a token.",
      "That is of one that has none yet, or needs none."
    },
    footer = {"  tpm2-token pin set --token laptop"})
public final class PinSet extends OneTokenVerb {
  @Option(
      names = "--so-pin-file",
      paramLabel = "FILE",
      description = "The security officer's PIN; - is standard input.")
  private @Nullable String soPinFile;

  @Option(
      names = "--new-pin-file",
      paramLabel = "FILE",
      description = "The new PIN; - is standard input.")
  private @Nullable String newPinFile;

  @Option(
      names = "--no-pin",
      description = "Whoever can read the store and use the TPM may use the keys, without a PIN.")
  private boolean noPin;

  @Override
  protected Report run() {
    if (noPin && newPinFile != null) {
      throw usage("--no-pin and --new-pin-file exclude each other");
    }
    try (OpenToken token = login(UserType.CKU_SO, soPinFile)) {
      if (TokenReport.of(token.info(), token.slot()).pin().equals("set")) {
        throw new CommandException(
            ExitStatus.REFUSED,
            "%s has a user PIN: its user changes it by pin change, the security officer by pin"
                    .formatted(Texts.shown(token.info().label()))
                + " unblock");
      }
      String what = "user PIN of " + token.info().label();
      try (Secret pin =
          noPin
              ? Secret.taking(new byte[0])
              : secrets().fresh(what, "--new-pin-file", newPinFile, "--no-pin")) {
        token.initPin(pin);
      }
      return PinReport.of(token);
    }
  }
}
