package dev.tpm2token.token.crypto;

import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_CURVE_NOT_SUPPORTED;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCOMPLETE;
import static dev.tpm2token.token.ReturnValue.CKR_WRAPPED_KEY_INVALID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_PARAMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MODULUS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIME_1;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIVATE_EXPONENT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_EXPONENT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.device.PrivateKeyMaterial;
import dev.tpm2token.token.object.KeyType;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * Private keys as they come from outside, checked and reduced to what a TPM wants of them. Java's
 * big numbers cannot be zeroed: what is left of them goes with the next collection.
 */
public final class PrivateKeys {
  private static final BigInteger F4 = BigInteger.valueOf(65537);
  private static final int ATTEMPTS = 100;

  private PrivateKeys() {}

  /** The key that a template for C_CreateObject holds. */
  public static PrivateKeyMaterial of(Attributes attributes) {
    if (attributes.number(CKA_KEY_TYPE, -1) == KeyType.CKK_EC.code()) {
      return ec(attributes.bytes(CKA_EC_PARAMS), number(attributes, CKA_VALUE));
    }
    BigInteger modulus = number(attributes, CKA_MODULUS);
    BigInteger d = number(attributes, CKA_PRIVATE_EXPONENT);
    BigInteger prime = number(attributes, CKA_PRIME_1);
    BigInteger exponent = number(attributes, CKA_PUBLIC_EXPONENT);
    if (exponent.signum() == 0 && prime.signum() == 0) {
      throw new CryptokiException(CKR_TEMPLATE_INCOMPLETE, "no CKA_PUBLIC_EXPONENT");
    }
    return rsa(modulus, exponent.signum() == 0 ? F4 : exponent, d, prime);
  }

  /** The key in a PKCS#8 PrivateKeyInfo (RFC 5958). */
  public static PrivateKeyMaterial ofPkcs8(byte[] encoded) {
    try {
      PrivateKeyInfo info = PrivateKeyInfo.getInstance(encoded);
      var algorithm = info.getPrivateKeyAlgorithm();
      if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)
          || algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
        RSAPrivateKey key = RSAPrivateKey.getInstance(info.parsePrivateKey());
        return rsa(
            key.getModulus(), key.getPublicExponent(), key.getPrivateExponent(), key.getPrime1());
      }
      if (algorithm.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)) {
        ECPrivateKey key = ECPrivateKey.getInstance(info.parsePrivateKey());
        return ec(algorithm.getParameters().toASN1Primitive().getEncoded("DER"), key.getKey());
      }
    } catch (IOException | IllegalArgumentException | NullPointerException e) {
      throw new CryptokiException(CKR_WRAPPED_KEY_INVALID, "not a PrivateKeyInfo", e);
    }
    throw new CryptokiException(CKR_WRAPPED_KEY_INVALID, "neither an RSA key nor one on a curve");
  }

  private static PrivateKeyMaterial rsa(
      BigInteger modulus, BigInteger exponent, BigInteger d, BigInteger prime) {
    if (!exponent.equals(F4)) {
      throw new CryptokiException(
          CKR_ATTRIBUTE_VALUE_INVALID, "the public exponent of a TPM's RSA key is 65537");
    }
    if (modulus.bitLength() < 1024 || !modulus.testBit(0) || d.signum() == 0) {
      throw noKey();
    }
    BigInteger p = prime.signum() == 0 ? factor(modulus, exponent, d) : prime;
    BigInteger q = modulus.divide(p);
    BigInteger two = BigInteger.TWO;
    if (p.compareTo(two) <= 0
        || q.compareTo(two) <= 0
        || !p.multiply(q).equals(modulus)
        || p.bitLength() != q.bitLength()
        || !two.modPow(exponent, modulus).modPow(d, modulus).equals(two)) {
      throw noKey();
    }
    return new PrivateKeyMaterial(
        new PublicKey.Rsa(modulus, exponent),
        Secret.taking(PublicKey.unsigned(p, (p.bitLength() + 7) / 8)));
  }

  /** A prime factor of a modulus whose exponents are known (SP 800-56B, appendix C.1). */
  private static BigInteger factor(BigInteger modulus, BigInteger exponent, BigInteger d) {
    BigInteger one = BigInteger.ONE;
    BigInteger even = exponent.multiply(d).subtract(one);
    int twos = even.getLowestSetBit();
    BigInteger odd = twos < 0 ? even : even.shiftRight(twos);
    for (int base = 2; base < ATTEMPTS; base++) {
      BigInteger x = BigInteger.valueOf(base).modPow(odd, modulus);
      for (int i = 0; i < twos; i++) {
        BigInteger square = x.multiply(x).mod(modulus);
        if (square.equals(one) && !x.equals(one) && !x.equals(modulus.subtract(one))) {
          return x.subtract(one).gcd(modulus);
        }
        x = square;
      }
    }
    throw noKey();
  }

  private static PrivateKeyMaterial ec(byte[] parameters, BigInteger d) {
    Curve curve =
        Curve.ofParameters(parameters)
            .orElseThrow(
                () -> new CryptokiException(CKR_CURVE_NOT_SUPPORTED, "not a curve known here"));
    var domain = curve.domain();
    if (d.signum() <= 0 || d.compareTo(domain.getN()) >= 0) {
      throw noKey();
    }
    byte[] point =
        new FixedPointCombMultiplier().multiply(domain.getG(), d).normalize().getEncoded(false);
    return new PrivateKeyMaterial(
        new PublicKey.Ec(curve, point), Secret.taking(PublicKey.unsigned(d, curve.bytes())));
  }

  private static BigInteger number(Attributes attributes, AttributeType type) {
    byte[] bytes = attributes.bytes(type);
    try {
      return new BigInteger(1, bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static CryptokiException noKey() {
    return new CryptokiException(CKR_ATTRIBUTE_VALUE_INVALID, "the parts do not make a key");
  }
}
