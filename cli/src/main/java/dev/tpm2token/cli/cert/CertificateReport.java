package dev.tpm2token.cli.cert;

import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;

import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Part;
import dev.tpm2token.cli.Texts;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.bouncycastle.asn1.x509.Certificate;

/**
 * A certificate of a token.
 *
 * @param label CKA_LABEL
 * @param id CKA_ID in hex, the key's
 * @param subject whose it is, a distinguished name (RFC 4514)
 * @param issuer who signed it, a distinguished name
 * @param serial its serial number in hex
 * @param notAfter when it ends, as ISO 8601 in UTC
 * @param fingerprint the SHA-256 of its DER, in hex
 * @param uniqueId CKA_UNIQUE_ID, which no two objects share
 */
public record CertificateReport(
    String label,
    String id,
    String subject,
    String issuer,
    String serial,
    String notAfter,
    String fingerprint,
    String uniqueId)
    implements Part {
  static CertificateReport of(OpenToken token, long object) {
    byte[] der = token.value(object, CKA_VALUE).orElseThrow();
    Certificate certificate = Certificate.getInstance(der);
    return new CertificateReport(
        new String(token.value(object, CKA_LABEL).orElse(new byte[0]), StandardCharsets.UTF_8),
        HexFormat.of().formatHex(token.value(object, CKA_ID).orElse(new byte[0])),
        certificate.getSubject().toString(),
        certificate.getIssuer().toString(),
        certificate.getSerialNumber().getValue().toString(16),
        certificate.getEndDate().getDate().toInstant().toString(),
        CertificateChoice.fingerprint(der),
        ObjectChoice.uniqueId(token, object));
  }

  /** Lines of a list. */
  public void print(PrintWriter out) {
    out.printf(
        "%s  %s  by %s  until %s  id %s%n",
        Texts.shown(label), Texts.shown(subject), Texts.shown(issuer), notAfter, id);
    out.printf("  serial %s, fingerprint %s%n", serial, fingerprint);
  }
}
