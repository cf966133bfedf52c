package dev.tpm2token.cli.attest;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcECContentVerifierProviderBuilder;
import org.bouncycastle.operator.bc.BcRSAContentVerifierProviderBuilder;

/**
 * An endorsement key's certificate and the way from it to somebody who is believed: every
 * certificate that was named is, whether it is a root or not.
 */
final class CertificateChain {
  private final X509CertificateHolder certificate;
  private final List<X509CertificateHolder> authorities = new ArrayList<>();

  /** Out of DER; an NV index may have more octets than the certificate. */
  CertificateChain(byte[] certificate, List<byte[]> authorities) throws IOException {
    try (ASN1InputStream in = new ASN1InputStream(certificate)) {
      this.certificate = new X509CertificateHolder(in.readObject().getEncoded("DER"));
    }
    for (byte[] each : authorities) {
      this.authorities.add(new X509CertificateHolder(each));
    }
  }

  String subject() {
    String subject = certificate.getSubject().toString();
    return subject.isEmpty() ? "serial number " + certificate.getSerialNumber() : subject;
  }

  String issuer() {
    return certificate.getIssuer().toString();
  }

  /** Whether it is a certificate of this key. Makers name RSA endorsement keys differently. */
  boolean isOf(SubjectPublicKeyInfo key) {
    return Arrays.equals(
        certificate.getSubjectPublicKeyInfo().getPublicKeyData().getOctets(),
        key.getPublicKeyData().getOctets());
  }

  /** Why nobody who is believed has certified it; empty where somebody has. */
  String failure() {
    if (!isGoodNow(certificate)) {
      return "it is not good now: until "
          + certificate.toASN1Structure().getEndDate().getDate().toInstant();
    }
    for (X509CertificateHolder authority : authorities) {
      if (authority.getSubject().equals(certificate.getIssuer())
          && isAuthority(authority)
          && isGoodNow(authority)
          && isSignedBy(authority)) {
        return "";
      }
    }
    return "by none of those who are believed, but by " + issuer();
  }

  @SuppressWarnings("JavaUtilDate") // Bouncy Castle's
  private static boolean isGoodNow(X509CertificateHolder certificate) {
    return certificate.isValidOn(java.util.Date.from(Instant.now()));
  }

  private static boolean isAuthority(X509CertificateHolder certificate) {
    BasicConstraints constraints = BasicConstraints.fromExtensions(certificate.getExtensions());
    return constraints != null && constraints.isCA();
  }

  private boolean isSignedBy(X509CertificateHolder authority) {
    try {
      DefaultDigestAlgorithmIdentifierFinder digests = new DefaultDigestAlgorithmIdentifierFinder();
      boolean rsa =
          authority
              .getSubjectPublicKeyInfo()
              .getAlgorithm()
              .getAlgorithm()
              .equals(PKCSObjectIdentifiers.rsaEncryption);
      ContentVerifierProvider verifier =
          rsa
              ? new BcRSAContentVerifierProviderBuilder(digests).build(authority)
              : new BcECContentVerifierProviderBuilder(digests).build(authority);
      return certificate.isSignatureValid(verifier);
    } catch (OperatorCreationException | CertException e) {
      return false;
    }
  }
}
