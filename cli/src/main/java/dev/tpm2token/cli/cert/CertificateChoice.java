package dev.tpm2token.cli.cert;

import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.object.ObjectClass;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which certificate is meant: a key may have several, of one label and id; a mixin. */
final class CertificateChoice extends ObjectChoice {
  /** Fewer octets may be anybody's. */
  private static final int SHORTEST = 4;

  @Option(
      names = "--fingerprint",
      paramLabel = "HEX",
      description =
          "The one of this SHA-256 fingerprint, which cert list shows; its first 8 digits are"
              + " enough.")
  private @Nullable String fingerprint;

  /** Of a certificate, as {@code openssl x509 -fingerprint -sha256} has it, in plain hex. */
  static String fingerprint(byte[] der) {
    return HexFormat.of().formatHex(HashAlgorithm.SHA256.digest(der));
  }

  @Override
  protected boolean isGiven() {
    return fingerprint != null || super.isGiven();
  }

  @Override
  protected String options() {
    return "--label, --id, --fingerprint or --unique-id";
  }

  @Override
  protected String line(OpenToken token, long object) {
    CertificateReport report = CertificateReport.of(token, object);
    return "%s  %s until %s, id %s, fingerprint %s, unique id %s"
        .formatted(
            Texts.shown(report.label()),
            Texts.shown(report.subject()),
            report.notAfter(),
            report.id(),
            report.fingerprint(),
            report.uniqueId());
  }

  @Override
  public long[] all(OpenToken token, ObjectClass objectClass) {
    long[] found = super.all(token, objectClass);
    if (fingerprint == null) {
      return found;
    }
    String start =
        HexId.parse(fingerprint)
            .filter(octets -> octets.length >= SHORTEST)
            .map(HexFormat.of()::formatHex)
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitStatus.USAGE, "--fingerprint wants 8 digits in hex at least"));
    return Arrays.stream(found)
        .filter(
            object -> fingerprint(token.value(object, CKA_VALUE).orElseThrow()).startsWith(start))
        .toArray();
  }
}
