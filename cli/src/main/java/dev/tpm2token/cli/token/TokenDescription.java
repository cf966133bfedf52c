package dev.tpm2token.cli.token;

import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenReport;
import dev.tpm2token.token.TokenInfo;
import dev.tpm2token.token.attribute.Attributes;
import java.io.PrintWriter;
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
   * @param pinState "right the last time", "wrong before", "one more locks the TPM" or "locked"
   * @param publicObjects how many can be seen without a PIN
   * @param uri how PKCS#11 URIs name it (RFC 7512)
   */
  record Described(
      TokenReport token,
      String manufacturer,
      String model,
      String firmware,
      String pinState,
      int publicObjects,
      String uri)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("label          %s%n", Texts.shown(token.label()));
      out.printf("serial         %s%n", token.serial());
      out.printf("slot           %d%n", token.slot());
      out.printf("TPM            %s, %s, firmware %s%n", manufacturer, model, firmware);
      out.printf("user PIN       %s; %s%n", token.pin(), pinState);
      out.printf("public objects %d%n", publicObjects);
      out.printf("URI            %s%n", uri);
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = open()) {
      TokenInfo info = token.info();
      return new Described(
          TokenReport.of(info, token.slot()),
          info.manufacturer(),
          info.model(),
          info.firmwareMajor() + "." + info.firmwareMinor(),
          pinState(info.flags()),
          token.find(Attributes.NONE).length,
          "pkcs11:serial=" + info.serial());
    }
  }

  private static String pinState(long flags) {
    if ((flags & TokenInfo.CKF_USER_PIN_LOCKED) != 0) {
      return "locked";
    }
    if ((flags & TokenInfo.CKF_USER_PIN_FINAL_TRY) != 0) {
      return "one more locks the TPM";
    }
    return (flags & TokenInfo.CKF_USER_PIN_COUNT_LOW) != 0 ? "wrong before" : "right the last time";
  }
}
