package dev.tpm2token.cli.token;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.token.UserType;
import dev.tpm2token.token.crypto.Secret;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tpm2-token pin change}: C_SetPIN. */
@Command(
    name = "change",
    description = "Changes the user PIN, or with --so the security officer's.",
    footer = {"  tpm2-token pin change --token laptop"})
public final class PinChange extends OneTokenVerb {
  @Option(
      names = "--pin-file",
      paramLabel = "FILE",
      description = "The PIN as it is; - is standard input.")
  private @Nullable String pinFile;

  @Option(
      names = "--new-pin-file",
      paramLabel = "FILE",
      description = "The new PIN; - is standard input.")
  private @Nullable String newPinFile;

  @Option(names = "--so", description = "The security officer's PIN, not the user's.")
  private boolean so;

  @Override
  protected Report run() {
    try (OpenToken token = open(true)) {
      if (!so && !token.wantsPin()) {
        throw new CommandException(
            ExitStatus.REFUSED,
            "%s needs no user PIN, so there is none to change: tpm2-token pin set gives it one"
                .formatted(Texts.shown(token.info().label())));
      }
      String what = (so ? "SO PIN of " : "user PIN of ") + token.info().label();
      try (Secret old = secrets().existing(what, "--pin-file", pinFile)) {
        token.login(so ? UserType.CKU_SO : UserType.CKU_USER, old);
        try (Secret pin = secrets().fresh(what, "--new-pin-file", newPinFile, "")) {
          token.setPin(old, pin);
        }
      }
      return PinReport.of(token);
    }
  }
}
