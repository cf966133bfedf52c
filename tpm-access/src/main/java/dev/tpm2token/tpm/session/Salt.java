package dev.tpm2token.tpm.session;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmEccCurve;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.DataLengthException;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.encodings.OAEPEncoding;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;

/**
 * A secret that only the TPM with a certain key can learn: Part 1, B.10.3 (RSA) and C.6.1 (ECC).
 *
 * @param value as long as the key's nameAlg; {@link #close} zeroes it
 * @param encrypted the contents of a TPM2B_ENCRYPTED_SECRET
 */
@SuppressWarnings("ArrayRecordComponent") // secrets are never compared
public record Salt(byte[] value, byte[] encrypted) implements AutoCloseable {
  /** The use of a session's salt. */
  public static final String SECRET = "SECRET";

  /** The use of a credential's seed. */
  public static final String IDENTITY = "IDENTITY";

  /** The use of an imported object's seed. */
  public static final String DUPLICATE = "DUPLICATE";

  /**
   * A new secret for {@code key}.
   *
   * @throws TpmProtocolException if it is not a storage key of RSA or ECC, or its numbers are wrong
   */
  public static Salt of(TpmtPublic key, String use, SecureRandom random) {
    try {
      return make(key, use, random);
    } catch (IllegalArgumentException | ArithmeticException | DataLengthException e) {
      throw new TpmProtocolException("a storage key that nothing can be encrypted to: " + e);
    }
  }

  private static Salt make(TpmtPublic key, String use, SecureRandom random) {
    return switch (key.parameters()) {
      case TpmuPublicParms.Rsa parameters -> oaep(key, parameters, use, random);
      case TpmuPublicParms.Ecc parameters -> {
        BigInteger order = curve(parameters.curve()).getN();
        BigInteger d =
            BigIntegers.createRandomInRange(BigInteger.ONE, order.subtract(BigInteger.ONE), random);
        yield ecdh(key, parameters, use, d);
      }
      default -> throw new IllegalArgumentException("a " + key.type() + " key takes no salt");
    };
  }

  /** One-pass ECDH with the ephemeral key {@code d}, then KDFe. */
  static Salt ecdh(TpmtPublic key, TpmuPublicParms.Ecc parameters, String use, BigInteger d) {
    X9ECParameters curve = curve(parameters.curve());
    ECPoint theirs = point(curve, key);
    ECPoint ours = curve.getG().multiply(d).normalize();
    ECPoint shared = theirs.multiply(d).normalize();
    byte[] z = shared.getAffineXCoord().getEncoded(); // as long as the field: Part 1, C.8
    try {
      byte[] x = ours.getAffineXCoord().getEncoded();
      byte[] value =
          Kdf.e(
              key.nameAlg(),
              z,
              use,
              x,
              theirs.getAffineXCoord().getEncoded(),
              8 * key.nameAlg().digestLength());
      return new Salt(value, new TpmsEccPoint(x, ours.getAffineYCoord().getEncoded()).marshal());
    } finally {
      Arrays.fill(z, (byte) 0);
    }
  }

  private static Salt oaep(
      TpmtPublic key, TpmuPublicParms.Rsa parameters, String use, SecureRandom random) {
    byte[] value = new byte[key.nameAlg().digestLength()];
    random.nextBytes(value);
    return oaep(key, parameters, use, value, random);
  }

  /** OAEP with the use, and a zero byte, as its label. */
  static Salt oaep(
      TpmtPublic key,
      TpmuPublicParms.Rsa parameters,
      String use,
      byte[] value,
      SecureRandom random) {
    TpmAlgId hash =
        parameters.scheme().hash() == TpmAlgId.NULL ? key.nameAlg() : parameters.scheme().hash();
    if (!(key.unique() instanceof TpmuPublicId.Rsa(byte[] modulus))) {
      throw new TpmProtocolException("an RSA key without a modulus");
    }
    byte[] label = (use + "\0").getBytes(StandardCharsets.US_ASCII);
    OAEPEncoding oaep = new OAEPEncoding(new RSAEngine(), Hash.digest(hash), label);
    RSAKeyParameters publicKey =
        new RSAKeyParameters(
            false, new BigInteger(1, modulus), BigInteger.valueOf(parameters.publicExponent()));
    oaep.init(true, new ParametersWithRandom(publicKey, random));
    try {
      return new Salt(value, oaep.processBlock(value, 0, value.length));
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("encryption does not decrypt", e);
    }
  }

  private static ECPoint point(X9ECParameters curve, TpmtPublic key) {
    if (!(key.unique() instanceof TpmuPublicId.Ecc(TpmsEccPoint(byte[] x, byte[] y)))) {
      throw new TpmProtocolException("an ECC key without a point");
    }
    try {
      return curve.getCurve().validatePoint(new BigInteger(1, x), new BigInteger(1, y));
    } catch (IllegalArgumentException e) {
      throw new TpmProtocolException("the key's point is not on its curve");
    }
  }

  private static X9ECParameters curve(TpmEccCurve curve) {
    return switch (curve) {
      case NIST_P256 -> CustomNamedCurves.getByName("secp256r1");
      case NIST_P384 -> CustomNamedCurves.getByName("secp384r1");
      case NIST_P521 -> CustomNamedCurves.getByName("secp521r1");
      default -> throw new IllegalArgumentException("no salt for a key on " + curve);
    };
  }

  @Override
  public void close() {
    Arrays.fill(value, (byte) 0);
  }

  @Override
  public String toString() {
    return "Salt";
  }
}
