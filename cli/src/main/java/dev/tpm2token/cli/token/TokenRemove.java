package dev.tpm2token.cli.token;

import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Question;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenReport;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tpm2-token token remove}. */
@Command(
    name = "remove",
    description = "Removes a token and every key in it, for good.",
    footer = {"  tpm2-token token remove --token laptop"})
public final class TokenRemove extends OneTokenVerb {
  @Mixin private Question question = new Question();

  /** What is gone. */
  record Removed(TokenReport removed) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("removed token %s, serial %s%n", Texts.shown(removed.label()), removed.serial());
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = open()) {
      TokenReport removed = TokenReport.of(token.info(), token.slot());
      question.ask(
          surroundings(),
          "token %s (%s) and every key in it are going to be lost"
              .formatted(Texts.shown(removed.label()), removed.serial()));
      token.module().removeToken(token.slot());
      return new Removed(removed);
    }
  }
}
