package dev.tpm2token.cli.token;

import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.token.UserType;
import dev.tpm2token.token.crypto.Secret;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tpm2-token pin unblock}: C_InitPIN for a user who forgot theirs. A TPM that is locked
 * takes no PIN, the security officer's neither.
 */
@Command(
    name = "unblock",
    description = "The security officer sets a new user PIN, for one that was forgotten.",
    footer = {"  tpm2-token pin unblock --token laptop"})
public final class PinUnblock extends OneTokenVerb {
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

  @Override
  protected Report run() {
    try (OpenToken token = login(UserType.CKU_SO, soPinFile)) {
      String what = "user PIN of " + token.info().label();
      try (Secret pin = secrets().fresh(what, "--new-pin-file", newPinFile, "")) {
        token.initPin(pin);
      }
      return PinReport.of(token);
    }
  }
}
