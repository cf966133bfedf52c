package dev.tpm2token.cli.token;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.token.Cryptoki;
import java.nio.charset.StandardCharsets;

/** A token's label, as CK_TOKEN_INFO has room for it. */
final class TokenLabel {
  /** Octets of UTF-8. */
  private static final int LONGEST = 32;

  private TokenLabel() {}

  static boolean isGood(String label) {
    return !label.isBlank() && label.getBytes(StandardCharsets.UTF_8).length <= LONGEST;
  }

  static String wrong() {
    return "a label has 1 to %d octets".formatted(LONGEST);
  }

  /** Asserts that no token is called so. */
  static void checkNew(Cryptoki module, String label) {
    for (long slot : OpenToken.initialised(module)) {
      if (module.tokenInfo(slot).label().equals(label)) {
        throw new CommandException(
            ExitStatus.REFUSED,
            "there is a token %s already; two of one name confuse every program".formatted(label));
      }
    }
  }
}
