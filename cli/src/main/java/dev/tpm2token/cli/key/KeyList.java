package dev.tpm2token.cli.key;

import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.TokenVerb;
import dev.tpm2token.token.object.ObjectClass;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tpm2-token key list}. */
@Command(
    name = "list",
    description =
        "Lists a token's private keys: where each is from, where it is, and what it is bound to.",
    footer = {"  tpm2-token key list --token laptop"})
public final class KeyList extends TokenVerb {
  @Mixin private ObjectChoice choice = new ObjectChoice();

  /**
   * All that were meant.
   *
   * @param token its label
   */
  record Listing(String token, List<KeyDescription> keys) implements Report {
    @Override
    public void print(PrintWriter out) {
      keys.forEach(each -> each.print(out));
      if (keys.isEmpty()) {
        out.printf("no key in %s; tpm2-token key generate makes one%n", token);
      }
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = login()) {
      return new Listing(
          token.info().label(),
          Arrays.stream(choice.asked(token, ObjectClass.CKO_PRIVATE_KEY))
              .mapToObj(key -> KeyDescription.of(token, key))
              .toList());
    }
  }
}
