package dev.tpm2token.cli.cert;

import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.TokenVerb;
import dev.tpm2token.token.object.ObjectClass;
import java.io.IOException;
import java.io.PrintWriter;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tpm2-token csr}: a certification request (PKCS#10, RFC 2986), signed in the TPM. */
@Command(
    name = "csr",
    description = "Prints a certification request for a key, signed in the TPM.",
    footer = {"  tpm2-token csr --label web --subject CN=www.example.org --dns www.example.org"})
public final class Csr extends TokenVerb {
  @Mixin private ObjectChoice choice = new ObjectChoice();
  @Mixin private Subject subject = new Subject();

  /**
   * The request.
   *
   * @param pem its text
   */
  record Requested(String pem) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.print(pem);
    }
  }

  @Override
  protected Report run() {
    X500Name name = subject.name();
    try (OpenToken token = login()) {
      TokenSigner signer = new TokenSigner(token, choice.one(token, ObjectClass.CKO_PRIVATE_KEY));
      CertificationRequestInfo info =
          new CertificationRequestInfo(name, signer.publicKey(), attributes(signer.publicKey()));
      CertificationRequest request =
          new CertificationRequest(info, signer.algorithm(), signer.sign(info));
      return new Requested(Pem.of("CERTIFICATE REQUEST", request.getEncoded("DER")));
    } catch (IllegalArgumentException | IOException e) {
      throw usage("that does not make a certification request: " + e.getMessage());
    }
  }

  private ASN1Set attributes(SubjectPublicKeyInfo key) throws IOException {
    return subject
        .extensions(key)
        .map(
            extensions ->
                new DERSet(
                    new Attribute(
                        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSet(extensions))))
        .orElseGet(DERSet::new);
  }
}
