package dev.tpm2token.cli.token;

import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Setup;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenReport;
import dev.tpm2token.cli.Verb;
import dev.tpm2token.token.Cryptoki;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code tpm2-token token list}. */
@Command(
    name = "list",
    description = "Lists the tokens.",
    footer = {"  tpm2-token token list"})
public final class TokenList extends Verb {
  /** All of them, in order of slot. */
  record Listing(List<TokenReport> tokens) implements Report {
    @Override
    public void print(PrintWriter out) {
      for (TokenReport each : tokens) {
        out.printf(
            "%s  slot %d  serial %s  PIN %s%n",
            Texts.shown(each.label()), each.slot(), each.serial(), each.pin());
      }
    }
  }

  @Override
  protected Report run() {
    try (Cryptoki module = Setup.module(configuration())) {
      return new Listing(
          OpenToken.initialised(module).stream()
              .map(slot -> TokenReport.of(module.tokenInfo(slot), slot))
              .toList());
    }
  }
}
