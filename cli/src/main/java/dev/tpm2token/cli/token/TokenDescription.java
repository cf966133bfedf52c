package dev.tpm2token.cli.token;

import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenReport;
import dev.tpm2token.token.TokenInfo;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.tpm.DictionaryAttack;
import dev.tpm2token.tpm.TpmException;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code tpm2-token token info}: what C_GetTokenInfo says of a token. */
@Command(
    name = "info",
    description = "Says what a token is, without a PIN.",
    footer = {"  tpm2-token token info --token laptop"})
public final class TokenDescription extends OneTokenVerb {
  /**
   * A token.
   *
   * @param manufacturer the TPM's maker
   * @param model the TPM as its maker calls it
   * @param firmware the TPM's, as it was when the token was made
   * @param pinState "open", "one more locks the TPM", "locked", "not counted" where the TPM does
   *     not hinder guessing, or "unknown" where it is away
   * @param wrongPins how many the TPM counts now, of all its users; 0 where it is away
   * @param mostWrongPins how many lock it
   * @param publicObjects how many can be seen without a PIN
   * @param uri how PKCS#11 URIs name it (RFC 7512)
   */
  record Described(
      TokenReport token,
      String manufacturer,
      String model,
      String firmware,
      String pinState,
      int wrongPins,
      int mostWrongPins,
      int publicObjects,
      String uri)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("label          %s%n", Texts.shown(token.label()));
      out.printf("serial         %s%n", token.serial());
      out.printf("slot           %d%n", token.slot());
      out.printf("TPM            %s, %s, firmware %s%n", manufacturer, model, firmware);
      out.printf("user PIN       %s%n", token.pin());
      out.printf("wrong PINs     %s%n", counted());
      out.printf("public objects %d%n", publicObjects);
      out.printf("URI            %s%n", uri);
    }

    private String counted() {
      return switch (pinState) {
        case "unknown" -> "the TPM cannot be asked: tpm2-token doctor says why";
        case "not counted" -> "NOT counted: tpm2-token doctor says how they are again";
        default ->
            "%d of %d counted, of all users of this TPM; %s"
                .formatted(wrongPins, mostWrongPins, pinState);
      };
    }
  }

  /** The TPM's count as it is now: a new process has seen no PIN itself. */
  private static Optional<DictionaryAttack> guesses(OpenToken token) {
    try {
      return Optional.of(token.module().guesses());
    } catch (TpmException e) {
      return Optional.empty();
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = open()) {
      TokenInfo info = token.info();
      Optional<DictionaryAttack> guesses = guesses(token);
      return new Described(
          TokenReport.of(info, token.slot()),
          info.manufacturer(),
          info.model(),
          info.firmwareMajor() + "." + info.firmwareMinor(),
          guesses.map(TokenDescription::pinState).orElse("unknown"),
          guesses.map(DictionaryAttack::lockoutCounter).orElse(0),
          guesses.map(DictionaryAttack::maxAuthFail).orElse(0),
          token.find(Attributes.NONE).length,
          "pkcs11:serial=" + info.serial());
    }
  }

  private static String pinState(DictionaryAttack guesses) {
    if (!guesses.isOn()) {
      return "not counted";
    }
    return switch (guesses.triesLeft()) {
      case 0 -> "locked";
      case 1 -> "one more locks the TPM";
      default -> "open";
    };
  }
}
