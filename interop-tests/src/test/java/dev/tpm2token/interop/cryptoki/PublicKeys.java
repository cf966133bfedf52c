package dev.tpm2token.interop.cryptoki;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** The JDK's idea of a key that the module describes by attributes. */
public final class PublicKeys {
  /** The OIDs of the curves in DER, as CKA_EC_PARAMS has them. */
  public static final byte[] P256 = HexFormat.of().parseHex("06082a8648ce3d030107");

  public static final byte[] P384 = HexFormat.of().parseHex("06052b81040022");

  private PublicKeys() {}

  /** From CKA_MODULUS and CKA_PUBLIC_EXPONENT. */
  public static PublicKey rsa(Session session, long key) throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA")
        .generatePublic(
            new RSAPublicKeySpec(
                new BigInteger(1, session.get(key, Ck.A_MODULUS)),
                new BigInteger(1, session.get(key, Ck.A_PUBLIC_EXPONENT))));
  }

  /** From CKA_EC_POINT, which must be an OCTET STRING that holds an uncompressed point. */
  public static PublicKey ec(Session session, long key, int bits) throws GeneralSecurityException {
    byte[] der = session.get(key, Ck.A_EC_POINT);
    int size = bits / 8;
    if (der.length != 3 + 2 * size || der[0] != 4 || der[1] != 1 + 2 * size || der[2] != 4) {
      throw new AssertionError("no OCTET STRING of a point: " + HexFormat.of().formatHex(der));
    }
    AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
    curve.init(new ECGenParameterSpec("secp" + bits + "r1"));
    ECPoint point =
        new ECPoint(
            new BigInteger(1, Arrays.copyOfRange(der, 3, 3 + size)),
            new BigInteger(1, Arrays.copyOfRange(der, 3 + size, der.length)));
    return KeyFactory.getInstance("EC")
        .generatePublic(new ECPublicKeySpec(point, curve.getParameterSpec(ECParameterSpec.class)));
  }
}
