package dev.tpm2token.cli.cert;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.SmallFile;
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
    description = "Puts certificates into a token, each with the id of its key there.",
    footer = {"  tpm2-token cert import --token laptop --label web web.crt"})
public final class CertImport extends OneTokenVerb {
  @Parameters(
      paramLabel = "FILE",
      description = "PEM, of one or more, or DER; - is standard input.")
  private String file = "";

  @Option(
      names = "--label",
      paramLabel = "LABEL",
      description = "What it is called; without it, the subject's common name.")
  private @Nullable String label;

  @Option(
      names = "--id",
      paramLabel = "HEX",
      description = "CKA_ID; without it, that of the key in the token, or the one NSS would give.")
  private @Nullable String id;

  /** What is in the token now. */
  record Imported(List<CertificateReport> certificates) implements Report {
    @Override
    public void print(PrintWriter out) {
      certificates.forEach(each -> each.print(out));
    }
  }

  @Override
  protected Report run() {
    List<CertificateObject> certificates = read();
    Optional<byte[]> given =
        Optional.ofNullable(id).map(hex -> HexId.parse(hex).orElseThrow(() -> usage(HexId.WRONG)));
    try (OpenToken token = open(true)) {
      return new Imported(
          certificates.stream()
              .map(each -> each.put(token, Optional.ofNullable(label), given))
              .toList());
    }
  }

  private List<CertificateObject> read() {
    try {
      List<CertificateObject> found =
          Pem.blocks("CERTIFICATE", SmallFile.read(surroundings(), file)).stream()
              .map(CertificateObject::new)
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
    } catch (IOException e) {
      throw CommandException.unreadable(file, e);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitStatus.FAILED, file + " holds no X.509 certificate", e);
    }
    throw new CommandException(ExitStatus.FAILED, file + " holds no X.509 certificate");
  }
}
