package dev.tpm2token.cli.cert;

import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;

import dev.tpm2token.cli.ObjectChoice;
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
  @Mixin private ObjectChoice choice = new ObjectChoice();

  /** The certificates, one after the other. */
  record Exported(String pem) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.print(pem);
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = open()) {
      long[] found = choice.all(token, ObjectClass.CKO_CERTIFICATE);
      if (found.length == 0) {
        choice.one(token, ObjectClass.CKO_CERTIFICATE);
      }
      return new Exported(
          Arrays.stream(found)
              .mapToObj(
                  object -> Pem.of("CERTIFICATE", token.value(object, CKA_VALUE).orElseThrow()))
              .collect(Collectors.joining()));
    }
  }
}
