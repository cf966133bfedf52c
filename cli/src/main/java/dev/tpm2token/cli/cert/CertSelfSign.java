package dev.tpm2token.cli.cert;

import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;

import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.TokenVerb;
import dev.tpm2token.token.object.ObjectClass;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tpm2-token cert self-sign}: a certificate (RFC 5280) of a key by itself. */
@Command(
    name = "self-sign",
    description =
        "Makes a certificate of a key that the key signs, puts it into the token and prints it.",
    footer = {"  tpm2-token cert self-sign --label web --subject CN=localhost --dns localhost"})
public final class CertSelfSign extends TokenVerb {
  /** RFC 5280, 4.1.2.2: positive, and at most 20 octets. */
  private static final int SERIAL = 16;

  /** GeneralizedTime has four digits for the year. */
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  @Mixin private ObjectChoice choice = new ObjectChoice();
  @Mixin private Subject subject = new Subject();

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "365",
      description = "How long it is good; ${DEFAULT-VALUE} without this.")
  private int days;

  /**
   * The certificate.
   *
   * @param pem its text
   * @param fingerprint the SHA-256 of its DER, in hex
   */
  record Made(String pem, String fingerprint) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.print(pem);
    }
  }

  @Override
  protected Report run() {
    Instant now = Instant.now();
    long most = Duration.between(now, LAST).toDays();
    if (days < 1 || days > most) {
      throw usage(
          "--days wants a number from 1 to %d: X.509 ends with the year 9999".formatted(most));
    }
    X500Name name = subject.name();
    if (name.getRDNs().length == 0) { // RFC 5280, 4.1.2.4
      throw usage("--subject cannot be empty: who signs a certificate has a name");
    }
    try (OpenToken token = login()) {
      long key = choice.one(token, ObjectClass.CKO_PRIVATE_KEY);
      TokenSigner signer = new TokenSigner(token, key);
      TBSCertificate content = content(token, signer, name, now);
      ASN1EncodableVector whole = new ASN1EncodableVector();
      whole.add(content);
      whole.add(signer.algorithm());
      whole.add(signer.sign(content));
      byte[] certificate = new DERSequence(whole).getEncoded("DER");
      new CertificateObject(certificate)
          .put(
              token,
              token.value(key, CKA_LABEL).map(each -> new String(each, StandardCharsets.UTF_8)),
              token.value(key, CKA_ID));
      return new Made(
          Pem.of("CERTIFICATE", certificate), CertificateChoice.fingerprint(certificate));
    } catch (IllegalArgumentException | IOException e) {
      throw usage("that does not make a certificate: " + e.getMessage());
    }
  }

  private TBSCertificate content(OpenToken token, TokenSigner signer, X500Name name, Instant now)
      throws IOException {
    V3TBSCertificateGenerator content = new V3TBSCertificateGenerator();
    content.setSerialNumber(
        new ASN1Integer(new BigInteger(1, token.session().generateRandom(SERIAL))));
    content.setSignature(signer.algorithm());
    content.setIssuer(name);
    content.setSubject(name);
    content.setStartDate(new Time(Date.from(now)));
    content.setEndDate(new Time(Date.from(now.plus(Duration.ofDays(days)))));
    content.setSubjectPublicKeyInfo(signer.publicKey());
    subject.extensions(signer.publicKey()).ifPresent(content::setExtensions);
    return content.generateTBSCertificate();
  }
}
