package dev.tpm2token.cli.token;

import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenReport;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tpm2-token token rename}. */
@Command(
    name = "rename",
    description = "Gives a token another label; its serial number and slot stay.",
    footer = {"  tpm2-token token rename --token laptop --label work"})
public final class TokenRename extends OneTokenVerb {
  @Option(
      names = "--label",
      required = true,
      paramLabel = "LABEL",
      description = "The new label: up to 32 octets of UTF-8.")
  private String label = "";

  /**
   * The token as it is called now.
   *
   * @param was what it was called
   */
  record Renamed(String was, TokenReport token) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("%s is called %s now%n", Texts.shown(was), Texts.shown(token.label()));
    }
  }

  @Override
  protected Report run() {
    if (!TokenLabel.isGood(label)) {
      throw usage(TokenLabel.wrong(label));
    }
    try (OpenToken token = open()) {
      String was = token.info().label();
      TokenLabel.checkNew(token.module(), label);
      token.module().renameToken(token.slot(), label);
      return new Renamed(was, TokenReport.of(token.info(), token.slot()));
    }
  }
}
