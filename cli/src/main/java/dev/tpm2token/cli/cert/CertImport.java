package dev.tpm2token.cli.cert;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.NewLabel;
import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.SmallFile;
import dev.tpm2token.cli.Texts;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token cert import}: certificates get the id of the key that they are for. */
@Command(
    name = "import",
    description = {
      "Puts certificates into a token, each with the id of its key there.",
      "A file may hold several, such as a chain: those that the token has already are passed over."
    },
    footer = {"  tpm2-token cert import --token laptop --label web web.crt"})
public final class CertImport extends OneTokenVerb {
  private static final String NONE = " holds no X.509 certificate";

  @Parameters(
      paramLabel = "FILE",
      description = "X.509 or PKCS#7, in PEM or DER; - is standard input.")
  private String file = "";

  @Option(
      names = "--label",
      paramLabel = "LABEL",
      description =
          "What it is called; without it, and for its issuers in the file, the subject's common"
              + " name.")
  private @Nullable String label;

  @Option(
      names = "--id",
      paramLabel = "HEX",
      description =
          "Its CKA_ID; without it, and for its issuers, that of the key in the token, or the one"
              + " NSS would give.")
  private @Nullable String id;

  /**
   * What came of them.
   *
   * @param certificates those that are in the token now
   * @param present those of the file that were there before
   */
  record Imported(List<CertificateReport> certificates, List<CertificateReport> present)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      certificates.forEach(each -> each.print(out));
      present.forEach(
          each ->
              out.printf(
                  "in the token already: %s  %s%n",
                  Texts.shown(each.label()), Texts.shown(each.subject())));
    }
  }

  @Override
  protected Report run() {
    List<CertificateObject> certificates = read();
    Optional<byte[]> given =
        Optional.ofNullable(id).map(hex -> HexId.parse(hex).orElseThrow(() -> usage(HexId.WRONG)));
    Optional<String> called = Optional.ofNullable(label).map(NewLabel::checked);
    try (OpenToken token = open(true)) {
      CertificateBatch batch = CertificateBatch.put(token, certificates, called, given);
      if (batch.made().isEmpty()) {
        throw new CommandException(
            ExitStatus.REFUSED,
            "%s in the token already: %s"
                .formatted(
                    batch.present().size() == 1 ? "that certificate is" : "all of them are",
                    String.join(
                        ", ",
                        batch.present().stream().map(each -> Texts.shown(each.label())).toList())));
      }
      return new Imported(batch.made(), batch.present());
    }
  }

  private List<CertificateObject> read() {
    byte[] content = SmallFile.read(surroundings(), file);
    try {
      List<CertificateObject> found =
          CertificateFile.read(content).stream().map(CertificateObject::new).toList();
      if (!found.isEmpty()) {
        return found;
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(ExitStatus.FAILED, file + NONE, e);
    }
    throw new CommandException(ExitStatus.FAILED, file + NONE);
  }
}
