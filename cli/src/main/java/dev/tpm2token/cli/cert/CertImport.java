package dev.tpm2token.cli.cert;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CERTIFICATE_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.Report;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.object.ObjectClass;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.Certificate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token cert import}: certificates get the id of the key that they are for. */
@Command(
    name = "import",
    description = "Puts certificates into a token, each with the id of its key there.",
    footer = {"", "Example: tpm2-token cert import --token laptop --label web web.crt"})
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
    List<byte[]> certificates = read();
    List<CertificateReport> imported = new ArrayList<>();
    try (OpenToken token = open(true)) {
      for (byte[] each : certificates) {
        imported.add(CertificateReport.of(token, put(token, each)));
      }
    }
    return new Imported(imported);
  }

  private List<byte[]> read() {
    try (InputStream in = file.equals("-") ? surroundings().in() : new FileInputStream(file)) {
      List<byte[]> found = Pem.blocks("CERTIFICATE", in.readAllBytes());
      found.forEach(Certificate::getInstance);
      if (!found.isEmpty()) {
        return found;
      }
    } catch (IOException e) {
      throw new CommandException(
          ExitStatus.NOT_FOUND, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitStatus.FAILED, file + " holds no X.509 certificate", e);
    }
    throw new CommandException(ExitStatus.FAILED, file + " holds no X.509 certificate");
  }

  private long put(OpenToken token, byte[] value) {
    Certificate certificate = Certificate.getInstance(value);
    if (token.find(Attributes.builder().put(CKA_VALUE, value).build()).length > 0) {
      throw new CommandException(ExitStatus.REFUSED, "that certificate is in the token already");
    }
    return token
        .session()
        .createObject(
            Template.of(
                Attributes.builder()
                    .put(CKA_CLASS, ObjectClass.CKO_CERTIFICATE.code())
                    .put(CKA_CERTIFICATE_TYPE, 0)
                    .put(CKA_TOKEN, true)
                    .put(CKA_VALUE, value)
                    .put(CKA_LABEL, label != null ? label : commonName(certificate))
                    .put(CKA_ID, id(token, certificate))
                    .build()));
  }

  private byte[] id(OpenToken token, Certificate certificate) {
    if (id != null) {
      return HexId.parse(id).orElseThrow(() -> usage(HexId.WRONG));
    }
    try {
      Attributes key =
          Attributes.builder()
              .put(CKA_CLASS, ObjectClass.CKO_PUBLIC_KEY.code())
              .put(CKA_PUBLIC_KEY_INFO, certificate.getSubjectPublicKeyInfo().getEncoded("DER"))
              .build();
      for (long object : token.find(key)) {
        return token.value(object, CKA_ID).orElseThrow();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return HashAlgorithm.SHA_1.digest(
        certificate.getSubjectPublicKeyInfo().getPublicKeyData().getOctets());
  }

  private static String commonName(Certificate certificate) {
    RDN[] names = certificate.getSubject().getRDNs(BCStyle.CN);
    return names.length > 0
        ? IETFUtils.valueToString(names[0].getFirst().getValue())
        : certificate.getSubject().toString();
  }
}
