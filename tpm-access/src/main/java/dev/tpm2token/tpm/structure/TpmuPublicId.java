package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/** TPMU_PUBLIC_ID: Part 2, 12.2.3.2. The wire form is without its selector. */
public sealed interface TpmuPublicId extends TpmStructure {
  /** As in a template: nothing, of zero length. */
  static TpmuPublicId empty(TpmAlgId type) {
    byte[] none = {};
    return switch (type) {
      case RSA -> new Rsa(none);
      case ECC -> new Ecc(new TpmsEccPoint(none, none));
      default -> new Digest(none);
    };
  }

  static TpmuPublicId read(TpmAlgId type, TpmReader r) {
    return switch (type) {
      case RSA -> new Rsa(r.tpm2b());
      case ECC -> new Ecc(TpmsEccPoint.read(r));
      case KEYEDHASH, SYMCIPHER -> new Digest(r.tpm2b());
      default -> throw new TpmProtocolException(type + " is not a type of object");
    };
  }

  /** The modulus, big-endian. */
  @SuppressWarnings("ArrayRecordComponent") // the wire form is what is compared
  record Rsa(byte[] modulus) implements TpmuPublicId {
    @Override
    public void write(TpmWriter w) {
      w.tpm2b(modulus);
    }
  }

  /** The public point. */
  record Ecc(TpmsEccPoint point) implements TpmuPublicId {
    @Override
    public void write(TpmWriter w) {
      point.write(w);
    }
  }

  /** Of a keyed hash or a symmetric key: a hash of its sensitive part. */
  @SuppressWarnings("ArrayRecordComponent") // the wire form is what is compared
  record Digest(byte[] value) implements TpmuPublicId {
    @Override
    public void write(TpmWriter w) {
      w.tpm2b(value);
    }
  }
}
