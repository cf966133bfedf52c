package dev.tpm2token.cli.cert;

import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.token.object.ObjectClass;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tpm2-token cert list}. */
@Command(
    name = "list",
    description = "Lists the certificates of a token.",
    footer = {"  tpm2-token cert list --token laptop"})
public final class CertList extends OneTokenVerb {
  @Mixin private CertificateChoice choice = new CertificateChoice();

  /**
   * The list.
   *
   * @param certificates all that were meant
   */
  record Listing(List<CertificateReport> certificates) implements Report {
    @Override
    public void print(PrintWriter out) {
      certificates.forEach(each -> each.print(out));
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = open()) {
      return new Listing(
          Arrays.stream(choice.asked(token, ObjectClass.CKO_CERTIFICATE))
              .mapToObj(object -> CertificateReport.of(token, object))
              .toList());
    }
  }
}
