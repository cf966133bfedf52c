package dev.tpm2token.cli.cert;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CERTIFICATE_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;

import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.object.ObjectClass;
import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** A certificate that becomes an object of a token. */
public final class CertificateObject {
  private final Certificate certificate;

  /** Out of its DER. */
  public CertificateObject(byte[] der) {
    this.certificate = Certificate.getInstance(der);
  }

  private byte[] der() {
    try {
      return certificate.getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What objects of the token it is already. */
  public long[] find(OpenToken token) {
    return token.find(
        Attributes.builder()
            .put(CKA_CLASS, ObjectClass.CKO_CERTIFICATE.code())
            .put(CKA_VALUE, der())
            .build());
  }

  /** Whether it signed another one, going by the names alone. */
  public boolean isIssuerOf(CertificateObject other) {
    return !equals(other) && certificate.getSubject().equals(other.certificate.getIssuer());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CertificateObject that && certificate.equals(that.certificate);
  }

  @Override
  public int hashCode() {
    return certificate.hashCode();
  }

  /**
   * Puts it there under its subject's common name and the id of its key, unless told others.
   *
   * @return the object's handle
   */
  public long put(OpenToken token, Optional<String> label, Optional<byte[]> id) {
    return token
        .session()
        .createObject(
            Template.of(
                Attributes.builder()
                    .put(CKA_CLASS, ObjectClass.CKO_CERTIFICATE.code())
                    .put(CKA_CERTIFICATE_TYPE, 0)
                    .put(CKA_TOKEN, true)
                    .put(CKA_VALUE, der())
                    .put(CKA_LABEL, label.orElseGet(this::commonName))
                    .put(CKA_ID, id.orElseGet(() -> id(token)))
                    .build()));
  }

  /** The id of its key in the token, or the one that NSS would give. */
  private byte[] id(OpenToken token) {
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
    return defaultId(certificate.getSubjectPublicKeyInfo());
  }

  /** The SHA-1 of an RSA key's modulus, or of a point. */
  private static byte[] defaultId(SubjectPublicKeyInfo key) {
    byte[] octets = key.getPublicKeyData().getOctets();
    if (key.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
      RSAPublicKey rsa = RSAPublicKey.getInstance(octets);
      return new PublicKey.Rsa(rsa.getModulus(), rsa.getPublicExponent()).defaultId();
    }
    return HashAlgorithm.SHA_1.digest(octets);
  }

  private String commonName() {
    RDN[] names = certificate.getSubject().getRDNs(BCStyle.CN);
    return names.length > 0
        ? IETFUtils.valueToString(names[0].getFirst().getValue())
        : certificate.getSubject().toString();
  }
}
