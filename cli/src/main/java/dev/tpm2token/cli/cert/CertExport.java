package dev.tpm2token.cli.cert;

import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;

import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.Report;
import dev.tpm2token.token.object.ObjectClass;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tpm2-token cert export}. */
@Command(
    name = "export",
    description = "Prints certificates of a token as PEM.",
    footer = {"  tpm2-token cert export --label web >web.crt"})
public final class CertExport extends OneTokenVerb {
  @Mixin private CertificateChoice choice = new CertificateChoice();

  /**
   * The certificates.
   *
   * @param pem their text, one after the other
   */
  record Exported(String pem) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.print(pem);
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = open()) {
      return new Exported(
          Arrays.stream(choice.some(token, ObjectClass.CKO_CERTIFICATE))
              .mapToObj(
                  object -> Pem.of("CERTIFICATE", token.value(object, CKA_VALUE).orElseThrow()))
              .collect(Collectors.joining()));
    }
  }
}
