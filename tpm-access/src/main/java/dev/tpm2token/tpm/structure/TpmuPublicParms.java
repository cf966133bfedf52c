package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/** TPMU_PUBLIC_PARMS: Part 2, 12.2.3.7. The wire form is without its selector. */
public sealed interface TpmuPublicParms extends TpmStructure {
  /** The selector: what kind of object has these parameters. */
  TpmAlgId type();

  static TpmuPublicParms read(TpmAlgId type, TpmReader r) {
    return switch (type) {
      case RSA -> Rsa.read(r);
      case ECC -> Ecc.read(r);
      case KEYEDHASH -> new KeyedHash(TpmtScheme.read(r));
      case SYMCIPHER -> new SymCipher(TpmtSymDefObject.read(r));
      default -> throw new TpmProtocolException(type + " is not a type of object");
    };
  }

  /**
   * TPMS_RSA_PARMS: Part 2, 12.2.3.5.
   *
   * @param exponent 0 stands for 65537
   */
  record Rsa(TpmtSymDefObject symmetric, TpmtScheme scheme, int keyBits, int exponent)
      implements TpmuPublicParms {
    /** The public exponent itself. */
    public int publicExponent() {
      return exponent == 0 ? 65537 : exponent;
    }

    @Override
    public TpmAlgId type() {
      return TpmAlgId.RSA;
    }

    @Override
    public void write(TpmWriter w) {
      symmetric.write(w);
      scheme.write(w);
      w.u16(keyBits).u32(exponent);
    }

    static Rsa read(TpmReader r) {
      return new Rsa(TpmtSymDefObject.read(r), TpmtScheme.read(r), r.u16(), r.u32());
    }
  }

  /** TPMS_ECC_PARMS: Part 2, 12.2.3.6. */
  record Ecc(TpmtSymDefObject symmetric, TpmtScheme scheme, TpmEccCurve curve, TpmtScheme kdf)
      implements TpmuPublicParms {
    @Override
    public TpmAlgId type() {
      return TpmAlgId.ECC;
    }

    @Override
    public void write(TpmWriter w) {
      symmetric.write(w);
      scheme.write(w);
      curve.write(w);
      kdf.write(w);
    }

    static Ecc read(TpmReader r) {
      return new Ecc(
          TpmtSymDefObject.read(r), TpmtScheme.read(r), TpmEccCurve.read(r), TpmtScheme.read(r));
    }
  }

  /** TPMS_KEYEDHASH_PARMS (Part 2, 12.2.3.3): an HMAC key, or with the scheme NULL sealed data. */
  record KeyedHash(TpmtScheme scheme) implements TpmuPublicParms {
    @Override
    public TpmAlgId type() {
      return TpmAlgId.KEYEDHASH;
    }

    @Override
    public void write(TpmWriter w) {
      scheme.write(w);
    }
  }

  /** TPMS_SYMCIPHER_PARMS: Part 2, 11.1.9. */
  record SymCipher(TpmtSymDefObject sym) implements TpmuPublicParms {
    @Override
    public TpmAlgId type() {
      return TpmAlgId.SYMCIPHER;
    }

    @Override
    public void write(TpmWriter w) {
      sym.write(w);
    }
  }
}
