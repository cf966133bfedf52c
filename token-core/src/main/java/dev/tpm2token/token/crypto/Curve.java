package dev.tpm2token.token.crypto;

import dev.tpm2token.tpm.structure.TpmEccCurve;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;

/** The elliptic curves that both Cryptoki's clients and TPMs know. */
@SuppressWarnings("ImmutableEnumChecker") // what it holds is not changed, nor given out
public enum Curve {
  P_256(SECObjectIdentifiers.secp256r1, TpmEccCurve.NIST_P256, 256),
  P_384(SECObjectIdentifiers.secp384r1, TpmEccCurve.NIST_P384, 384),
  P_521(SECObjectIdentifiers.secp521r1, TpmEccCurve.NIST_P521, 521);

  private final ASN1ObjectIdentifier oid;
  private final TpmEccCurve tpmCurve;
  private final int bits;
  private final byte[] parameters;

  Curve(ASN1ObjectIdentifier oid, TpmEccCurve tpmCurve, int bits) {
    this.oid = oid;
    this.tpmCurve = tpmCurve;
    this.bits = bits;
    try {
      this.parameters = oid.getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The object identifier. */
  public ASN1ObjectIdentifier oid() {
    return oid;
  }

  /** The TPM's name for it. */
  public TpmEccCurve tpmCurve() {
    return tpmCurve;
  }

  /** Bits of the group's order, and of a coordinate. */
  public int bits() {
    return bits;
  }

  /** Bytes of a coordinate, and of each half of a signature. */
  public int bytes() {
    return (bits + 7) / 8;
  }

  /** The DER that CKA_EC_PARAMS holds: the curve's object identifier. */
  public byte[] parameters() {
    return parameters.clone();
  }

  /** What Bouncy Castle computes with. */
  public ECDomainParameters domain() {
    X9ECParameters x9 = CustomNamedCurves.getByOID(oid);
    return new ECDomainParameters(x9);
  }

  /** The curve that a CKA_EC_PARAMS names, if it is one of these. */
  public static Optional<Curve> ofParameters(byte[] parameters) {
    return Arrays.stream(values())
        .filter(each -> Arrays.equals(each.parameters, parameters))
        .findFirst();
  }

  /** The curve that the TPM names so, if it is one of these. */
  public static Optional<Curve> of(TpmEccCurve tpmCurve) {
    return Arrays.stream(values()).filter(each -> each.tpmCurve == tpmCurve).findFirst();
  }
}
