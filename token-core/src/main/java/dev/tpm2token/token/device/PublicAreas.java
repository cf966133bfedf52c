package dev.tpm2token.token.device;

import static dev.tpm2token.token.ReturnValue.CKR_DEVICE_ERROR;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import java.math.BigInteger;
import java.util.Arrays;

/** Public keys as a TPM has them (TPMT_PUBLIC), and as everybody else. */
public final class PublicAreas {
  private PublicAreas() {}

  /** What a key of a kind is asked for with: its schemes are chosen when it is used. */
  static TpmuPublicParms parameters(KeyKind kind) {
    return switch (kind) {
      case KeyKind.Rsa(int bits) ->
          new TpmuPublicParms.Rsa(TpmtSymDefObject.NULL, TpmtScheme.NULL, bits, 0);
      case KeyKind.Ec(Curve curve) ->
          new TpmuPublicParms.Ecc(
              TpmtSymDefObject.NULL, TpmtScheme.NULL, curve.tpmCurve(), TpmtScheme.NULL);
    };
  }

  /** Whether it is an RSA key's. */
  public static boolean isRsa(TpmtPublic area) {
    return area.type() == TpmAlgId.RSA;
  }

  /** The public area of a key that came from elsewhere. */
  public static TpmtPublic of(PublicKey key, ObjectAttributes attributes) {
    return switch (key) {
      case PublicKey.Rsa rsa ->
          TpmtPublic.template(attributes, parameters(new KeyKind.Rsa(rsa.bits())))
              .withUnique(
                  new TpmuPublicId.Rsa(PublicKey.unsigned(rsa.modulus(), rsa.signatureLength())));
      case PublicKey.Ec ec -> {
        int length = ec.curve().bytes();
        yield TpmtPublic.template(attributes, parameters(new KeyKind.Ec(ec.curve())))
            .withUnique(
                new TpmuPublicId.Ecc(
                    new TpmsEccPoint(
                        Arrays.copyOfRange(ec.point(), 1, 1 + length),
                        Arrays.copyOfRange(ec.point(), 1 + length, 1 + 2 * length))));
      }
    };
  }

  /**
   * The public key in a public area.
   *
   * @throws CryptokiException CKR_DEVICE_ERROR where it is no RSA key, and none on a curve that we
   *     know
   */
  public static PublicKey publicKey(TpmtPublic area) {
    return switch (area.unique()) {
      case TpmuPublicId.Rsa(byte[] modulus)
          when area.parameters() instanceof TpmuPublicParms.Rsa p ->
          new PublicKey.Rsa(new BigInteger(1, modulus), BigInteger.valueOf(p.publicExponent()));
      case TpmuPublicId.Ecc(var point) when area.parameters() instanceof TpmuPublicParms.Ecc p -> {
        Curve curve =
            Curve.of(p.curve())
                .orElseThrow(
                    () ->
                        new CryptokiException(CKR_DEVICE_ERROR, "a key on the curve " + p.curve()));
        byte[] encoded = new byte[1 + 2 * curve.bytes()];
        encoded[0] = 4;
        put(point.x(), encoded, 1, curve.bytes());
        put(point.y(), encoded, 1 + curve.bytes(), curve.bytes());
        yield new PublicKey.Ec(curve, encoded);
      }
      default ->
          throw new CryptokiException(
              CKR_DEVICE_ERROR, "neither an RSA key nor one on a curve: " + area.type());
    };
  }

  /** A number of any length, right-aligned: a TPM may leave out leading zeros. */
  static void put(byte[] number, byte[] into, int start, int length) {
    byte[] fitted = PublicKey.unsigned(new BigInteger(1, number), length);
    System.arraycopy(fitted, 0, into, start, length);
  }
}
