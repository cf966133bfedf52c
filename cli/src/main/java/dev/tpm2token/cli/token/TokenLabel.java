package dev.tpm2token.cli.token;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenReport;
import dev.tpm2token.token.Cryptoki;
import java.nio.charset.StandardCharsets;

/** A token's label, as CK_TOKEN_INFO has room for it. */
public final class TokenLabel {
  /** Octets of UTF-8. */
  private static final int LONGEST = 32;

  private TokenLabel() {}

  /** Whether it can be one. */
  public static boolean isGood(String label) {
    return !label.isBlank() && label.getBytes(StandardCharsets.UTF_8).length <= LONGEST;
  }

  /** What is wrong with one that is not good. */
  public static String wrong(String label) {
    return label.isBlank()
        ? "a label of nothing but blanks cannot be seen: give it a letter or a digit"
        : "a label has 1 to %d octets of UTF-8; this one has %d"
            .formatted(LONGEST, label.getBytes(StandardCharsets.UTF_8).length);
  }

  /** Asserts that no token is called so. */
  static void checkNew(Cryptoki module, String label) {
    for (long slot : OpenToken.initialised(module)) {
      TokenReport there = TokenReport.of(module.tokenInfo(slot), slot);
      if (there.label().equals(label)) {
        String further =
            there.pin().equals("not set")
                ? "it has no user PIN yet: tpm2-token pin set gives it one, tpm2-token token remove"
                    + " takes it away"
                : "two of one name confuse every program";
        throw new CommandException(
            ExitStatus.REFUSED,
            "there is a token %s already; %s".formatted(Texts.shown(label), further));
      }
    }
  }
}
