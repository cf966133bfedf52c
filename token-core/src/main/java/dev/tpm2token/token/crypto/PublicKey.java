package dev.tpm2token.token.crypto;

import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_CURVE_NOT_SUPPORTED;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_PARAMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_POINT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MODULUS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_EXPONENT;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.object.KeyType;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.agreement.ECDHBasicAgreement;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.ECPoint;

/** A public key in software: what verifies without a TPM and without a login. */
public sealed interface PublicKey {
  /** Bytes of a signature by the key's other half. */
  int signatureLength();

  /** Bits, as mechanisms count a key's size. */
  int bits();

  /** The attributes that hold the key, as its objects have them. */
  Attributes attributes();

  /** The DER of the X.509 SubjectPublicKeyInfo. */
  byte[] subjectPublicKeyInfo();

  /** The SHA-1 by which NSS and others name a key's objects (CKA_ID) where nobody says. */
  byte[] defaultId();

  /** RSA. */
  record Rsa(BigInteger modulus, BigInteger exponent) implements PublicKey {
    /**
     * The block that was signed (RSAVP1, RFC 8017, section 5.2.2), as long as the modulus; empty
     * where the signature is not less than the modulus: a signature has one form, not two.
     */
    public Optional<byte[]> open(byte[] signature) {
      return new BigInteger(1, signature).compareTo(modulus) < 0
          ? Optional.of(apply(signature))
          : Optional.empty();
    }

    /**
     * Applies the public key to a block as long as the modulus, and less; the result is as long.
     */
    public byte[] apply(byte[] block) {
      return unsigned(new BigInteger(1, block).modPow(exponent, modulus), signatureLength());
    }

    @Override
    public int signatureLength() {
      return (modulus.bitLength() + 7) / 8;
    }

    @Override
    public int bits() {
      return modulus.bitLength();
    }

    @Override
    public Attributes attributes() {
      return Attributes.builder()
          .put(CKA_MODULUS, unsigned(modulus, signatureLength()))
          .put(CKA_PUBLIC_EXPONENT, unsigned(exponent, (exponent.bitLength() + 7) / 8))
          .build();
    }

    @Override
    public byte[] subjectPublicKeyInfo() {
      return spki(
          new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
          der(new RSAPublicKey(modulus, exponent)));
    }

    @Override
    public byte[] defaultId() {
      return HashAlgorithm.SHA_1.digest(unsigned(modulus, signatureLength()));
    }
  }

  /** The point that is sent to the other party, and the secret that only both know. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Agreement(byte[] point, byte[] secret) {}

  /** A point on a curve, uncompressed: 04, x, y. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Ec(Curve curve, byte[] point) implements PublicKey {
    /**
     * Another party's point on the same curve: as it is, or in a DER OCTET STRING, as libraries
     * differ (PKCS#11 3.1, 6.3.16); compressed or not.
     *
     * @throws CryptokiException CKR_MECHANISM_PARAM_INVALID where it is none
     */
    public Ec peer(byte[] encoded) {
      boolean raw = encoded.length == 1 + 2 * curve.bytes() || encoded.length == 1 + curve.bytes();
      try {
        byte[] bare = raw ? encoded : ASN1OctetString.getInstance(encoded).getOctets();
        ECPoint decoded = curve.domain().getCurve().decodePoint(bare);
        if (decoded.isInfinity()) {
          throw new IllegalArgumentException("the point at infinity");
        }
        return new Ec(curve, decoded.getEncoded(false));
      } catch (IllegalArgumentException e) {
        throw new CryptokiException(
            CKR_MECHANISM_PARAM_INVALID, "pPublicData is no point of the curve", e);
      }
    }

    /** A fresh key pair's point on the same curve, and the secret that it shares with this key. */
    public Agreement agree(SecureRandom random) {
      ECDomainParameters domain = curve.domain();
      ECKeyPairGenerator generator = new ECKeyPairGenerator();
      generator.init(new ECKeyGenerationParameters(domain, random));
      AsymmetricCipherKeyPair ephemeral = generator.generateKeyPair();
      ECDHBasicAgreement agreement = new ECDHBasicAgreement();
      agreement.init(ephemeral.getPrivate());
      BigInteger secret =
          agreement.calculateAgreement(
              new ECPublicKeyParameters(domain.getCurve().decodePoint(point), domain));
      return new Agreement(
          ((ECPublicKeyParameters) ephemeral.getPublic()).getQ().getEncoded(false),
          unsigned(secret, curve.bytes()));
    }

    /** Whether r and s, each as long as a coordinate, are an ECDSA signature over the digest. */
    public boolean verify(byte[] digest, byte[] signature) {
      int half = curve.bytes();
      ECDSASigner signer = new ECDSASigner();
      signer.init(
          false,
          new ECPublicKeyParameters(curve.domain().getCurve().decodePoint(point), curve.domain()));
      return signer.verifySignature(
          digest,
          new BigInteger(1, Arrays.copyOf(signature, half)),
          new BigInteger(1, Arrays.copyOfRange(signature, half, signature.length)));
    }

    @Override
    public int signatureLength() {
      return 2 * curve.bytes();
    }

    @Override
    public int bits() {
      return curve.bits();
    }

    @Override
    public Attributes attributes() {
      return Attributes.builder()
          .put(CKA_EC_PARAMS, curve.parameters())
          .put(CKA_EC_POINT, der(new DEROctetString(point)))
          .build();
    }

    @Override
    public byte[] subjectPublicKeyInfo() {
      return spki(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve.oid()), point);
    }

    @Override
    public byte[] defaultId() {
      return HashAlgorithm.SHA_1.digest(point);
    }
  }

  /**
   * The key that a key object's attributes hold.
   *
   * @throws CryptokiException CKR_ATTRIBUTE_VALUE_INVALID or CKR_CURVE_NOT_SUPPORTED where they do
   *     not hold one
   */
  static PublicKey of(Attributes attributes) {
    return attributes.number(CKA_KEY_TYPE, -1) == KeyType.CKK_RSA.code()
        ? rsa(attributes)
        : ec(attributes);
  }

  private static Rsa rsa(Attributes attributes) {
    BigInteger modulus = new BigInteger(1, attributes.bytes(CKA_MODULUS));
    BigInteger exponent = new BigInteger(1, attributes.bytes(CKA_PUBLIC_EXPONENT));
    if (modulus.bitLength() < 512
        || modulus.bitLength() > 16384
        || !modulus.testBit(0)
        || !exponent.testBit(0)
        || exponent.bitLength() < 2
        || exponent.bitLength() > 64) {
      throw new CryptokiException(CKR_ATTRIBUTE_VALUE_INVALID, "that is no RSA public key");
    }
    return new Rsa(modulus, exponent);
  }

  private static Ec ec(Attributes attributes) {
    Curve curve =
        Curve.ofParameters(attributes.bytes(CKA_EC_PARAMS))
            .orElseThrow(
                () -> new CryptokiException(CKR_CURVE_NOT_SUPPORTED, "not a curve known here"));
    byte[] encoded = attributes.bytes(CKA_EC_POINT);
    try {
      byte[] point = ASN1OctetString.getInstance(encoded).getOctets();
      if (point.length != 1 + 2 * curve.bytes() || point[0] != 4) {
        throw new IllegalArgumentException("not uncompressed");
      }
      return new Ec(curve, curve.domain().getCurve().decodePoint(point).getEncoded(false));
    } catch (IllegalArgumentException e) {
      throw new CryptokiException(
          CKR_ATTRIBUTE_VALUE_INVALID, "CKA_EC_POINT is no point of the curve", e);
    }
  }

  /** A number in so many bytes, the highest first. */
  static byte[] unsigned(BigInteger number, int length) {
    byte[] signed = number.toByteArray();
    byte[] result = new byte[length];
    int count = Math.min(signed.length, length);
    System.arraycopy(signed, signed.length - count, result, length - count, count);
    return result;
  }

  private static byte[] spki(AlgorithmIdentifier algorithm, byte[] key) {
    return der(new SubjectPublicKeyInfo(algorithm, key));
  }

  private static byte[] der(ASN1Object object) {
    try {
      return object.getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The DER of an INTEGER, as X.509 serial numbers are searched for. */
  static byte[] derInteger(BigInteger number) {
    return der(new ASN1Integer(number));
  }
}
