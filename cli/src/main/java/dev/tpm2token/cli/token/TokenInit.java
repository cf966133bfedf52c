package dev.tpm2token.cli.token;

import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Setup;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenReport;
import dev.tpm2token.cli.Verb;
import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.UserType;
import dev.tpm2token.token.crypto.Secret;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tpm2-token token init}: C_InitToken and C_InitPIN in one. */
@Command(
    name = "init",
    description = "Makes a token, and the TPM's storage key if there is none yet.",
    footer = {"  tpm2-token token init --label laptop"})
public final class TokenInit extends Verb {
  @Option(
      names = "--label",
      required = true,
      paramLabel = "LABEL",
      description = "What programs know it by: up to 32 octets of UTF-8.")
  private String label = "";

  @Option(
      names = "--so-pin-file",
      paramLabel = "FILE",
      description = "The security officer's PIN, who can set the user's anew; - is standard input.")
  private @Nullable String soPinFile;

  @Option(
      names = "--pin-file",
      paramLabel = "FILE",
      description = "The user's PIN; - is standard input.")
  private @Nullable String pinFile;

  @Option(
      names = "--no-pin",
      description = "Whoever can read the store and use the TPM may use the keys, without a PIN.")
  private boolean noPin;

  /** What was made. */
  record Made(TokenReport token) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf(
          "made token %s, serial %s, slot %d%n",
          Texts.shown(token.label()), token.serial(), token.slot());
    }
  }

  @Override
  protected Report run() {
    if (!TokenLabel.isGood(label)) {
      throw usage(TokenLabel.wrong(label));
    }
    byte[] name = label.getBytes(StandardCharsets.UTF_8);
    if (noPin && pinFile != null) {
      throw usage("--no-pin and --pin-file exclude each other");
    }
    try (Cryptoki module = Setup.module(configuration())) {
      TokenLabel.checkNew(module, label);
      long slot = module.slots().getLast();
      try (Secret soPin = secrets().fresh("SO PIN of " + label, "--so-pin-file", soPinFile, "");
          Secret pin =
              noPin
                  ? Secret.taking(new byte[0])
                  : secrets().fresh("user PIN of " + label, "--pin-file", pinFile, "--no-pin")) {
        return progress("making token " + label, () -> make(module, slot, name, soPin, pin));
      }
    }
  }

  private static Report make(Cryptoki module, long slot, byte[] name, Secret soPin, Secret pin) {
    pin.use(
        octets -> {
          // Checked first: nothing is made for a PIN that is refused in the end.
          Cryptoki.checkPin(octets);
          return octets.length;
        });
    soPin.use(
        octets -> {
          module.initToken(slot, octets, name);
          return slot;
        });
    try {
      setPin(module, slot, soPin, pin);
    } catch (RuntimeException e) {
      // The TPM may be locked, or went away: what is half made would be in the way of another try.
      module.removeToken(slot);
      throw e;
    }
    return new Made(TokenReport.of(module.tokenInfo(slot), slot));
  }

  private static void setPin(Cryptoki module, long slot, Secret soPin, Secret pin) {
    long session = module.openSession(slot, true);
    soPin.use(
        octets -> {
          module.login(session, UserType.CKU_SO, octets);
          return session;
        });
    pin.use(
        octets -> {
          module.session(session).initPin(octets);
          return session;
        });
    module.closeSession(session);
  }
}
