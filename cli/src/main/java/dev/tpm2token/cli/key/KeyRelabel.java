package dev.tpm2token.cli.key;

import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;

import dev.tpm2token.cli.NewLabel;
import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.ObjectReport;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenVerb;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.object.ObjectClass;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token key label}. */
@Command(
    name = "label",
    description = "Gives a key, both its halves, another label.",
    footer = {"  tpm2-token key label --label ssh 'ssh 2026'"})
public final class KeyRelabel extends TokenVerb {
  @Mixin private ObjectChoice choice = new ObjectChoice();

  @Parameters(paramLabel = "NEW", description = "What the key is called from now on.")
  private String label = "";

  /**
   * The key.
   *
   * @param token the token's label
   * @param key as it is now
   */
  record Relabelled(String token, ObjectReport key) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf(
          "key %s of %s is called %s now%n",
          key.id(), Texts.shown(token), Texts.shown(key.label()));
    }
  }

  @Override
  protected Report run() {
    Template template =
        Template.of(Attributes.builder().put(CKA_LABEL, NewLabel.checked(label)).build());
    try (OpenToken token = login()) {
      long key = choice.one(token, ObjectClass.CKO_PRIVATE_KEY);
      KeyPair.of(token, key).all().forEach(half -> token.session().setAttributes(half, template));
      return new Relabelled(token.info().label(), ObjectReport.of(token, key));
    }
  }
}
