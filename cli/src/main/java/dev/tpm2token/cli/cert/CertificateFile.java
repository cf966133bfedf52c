package dev.tpm2token.cli.cert;

import dev.tpm2token.cli.Pem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.SignedData;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * Certificates in a file of any form that OpenSSL writes: X.509, with OpenSSL's trust behind it
 * (which is passed over) or not, and PKCS#7 (RFC 2315, 9) as authorities send chains; each in PEM
 * or DER.
 */
public final class CertificateFile {
  private CertificateFile() {}

  /**
   * The certificates in a file, in DER; none where it holds something else.
   *
   * @throws IOException where the file is damaged
   * @throws IllegalArgumentException where it is no ASN.1 of theirs
   */
  static List<byte[]> read(byte[] file) throws IOException {
    if (!Pem.isPem(file)) {
      return ASN1Primitive.fromByteArray(file) instanceof ASN1Sequence sequence
          ? ofDer(sequence)
          : List.of();
    }
    List<byte[]> found = new ArrayList<>();
    try (PemReader reader = Pem.reader(file)) {
      for (PemObject each = reader.readPemObject(); each != null; each = reader.readPemObject()) {
        found.addAll(in(each));
      }
    }
    return found;
  }

  /**
   * Those in a block of PEM.
   *
   * @throws IOException where it is damaged
   * @throws IllegalArgumentException where it is no ASN.1 of theirs
   */
  public static List<byte[]> in(PemObject block) throws IOException {
    return switch (block.getType()) {
      case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE" ->
          List.of(first(block.getContent()));
      case "PKCS7", "PKCS #7 SIGNED DATA", "CMS" ->
          ofDer(ASN1Sequence.getInstance(block.getContent()));
      default -> List.of();
    };
  }

  /** OpenSSL's trust comes behind the certificate, as a second value. */
  private static byte[] first(byte[] content) throws IOException {
    try (ASN1InputStream in = new ASN1InputStream(content)) {
      ASN1Primitive certificate = in.readObject();
      if (certificate == null) {
        throw new IOException("a certificate of nothing");
      }
      return der(certificate);
    }
  }

  private static List<byte[]> ofDer(ASN1Sequence sequence) throws IOException {
    if (sequence.size() == 0 || !(sequence.getObjectAt(0) instanceof ASN1ObjectIdentifier)) {
      return List.of(der(sequence));
    }
    ContentInfo content = ContentInfo.getInstance(sequence);
    if (!content.getContentType().equals(PKCSObjectIdentifiers.signedData)) {
      return List.of();
    }
    SignedData signed = SignedData.getInstance(content.getContent());
    List<byte[]> found = new ArrayList<>();
    if (signed.getCertificates() != null) {
      for (ASN1Encodable each : signed.getCertificates()) {
        if (each instanceof ASN1Sequence certificate) { // the others are PKCS#6's, long forgotten
          found.add(der(certificate));
        }
      }
    }
    return found;
  }

  private static byte[] der(ASN1Object object) throws IOException {
    return object.getEncoded("DER");
  }
}
