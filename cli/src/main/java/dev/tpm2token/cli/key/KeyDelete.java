package dev.tpm2token.cli.key;

import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Question;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenVerb;
import dev.tpm2token.token.object.ObjectClass;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tpm2-token key delete}. */
@Command(
    name = "delete",
    description = {
      "Deletes a key of a token, both its halves.",
      "A key that was made here is lost for good; one that came out of a TPM key file, or that the"
          + " TPM keeps, is there still."
    },
    footer = {"  tpm2-token key delete --label old"})
public final class KeyDelete extends TokenVerb {
  @Mixin private ObjectChoice choice = new ObjectChoice();
  @Mixin private Question question = new Question();

  /**
   * What is gone.
   *
   * @param token the token's label
   * @param deleted the key as it was
   */
  record Deleted(String token, KeyDescription deleted) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("deleted the key %s of %s%n", Texts.shown(deleted.label()), Texts.shown(token));
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = login()) {
      long key = choice.one(token, ObjectClass.CKO_PRIVATE_KEY);
      KeyDescription deleted = KeyDescription.of(token, key);
      question.ask(
          surroundings(),
          "the key %s (%s, %s) is going to be lost"
              .formatted(Texts.shown(deleted.label()), deleted.algorithm(), deleted.origin()));
      KeyPair.of(token, key).all().forEach(token.session()::destroyObject);
      return new Deleted(token.info().label(), deleted);
    }
  }
}
