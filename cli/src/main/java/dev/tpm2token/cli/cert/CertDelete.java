package dev.tpm2token.cli.cert;

import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Question;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.token.object.ObjectClass;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tpm2-token cert delete}. */
@Command(
    name = "delete",
    description = "Deletes a certificate; its key stays.",
    footer = {
      "  tpm2-token cert delete --label web",
      "  tpm2-token cert delete --fingerprint 0a1b2c3d"
    })
public final class CertDelete extends OneTokenVerb {
  @Mixin private CertificateChoice choice = new CertificateChoice();
  @Mixin private Question question = new Question();

  /**
   * What is gone.
   *
   * @param deleted as it was
   */
  record Deleted(CertificateReport deleted) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("deleted the certificate %s%n", Texts.shown(deleted.label()));
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = open(true)) {
      long object = choice.one(token, ObjectClass.CKO_CERTIFICATE);
      CertificateReport deleted = CertificateReport.of(token, object);
      question.ask(
          surroundings(),
          "the certificate %s is going to be lost".formatted(Texts.shown(deleted.label())));
      token.session().destroyObject(object);
      return new Deleted(deleted);
    }
  }
}
