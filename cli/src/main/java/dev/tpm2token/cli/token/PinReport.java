package dev.tpm2token.cli.token;

import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenReport;
import java.io.PrintWriter;

/** A token whose PIN was set or changed. */
record PinReport(TokenReport token) implements Report {
  static PinReport of(OpenToken token) {
    return new PinReport(TokenReport.of(token.info(), token.slot()));
  }

  @Override
  public void print(PrintWriter out) {
    out.printf("the PIN of %s is changed%n", Texts.shown(token.label()));
  }
}
