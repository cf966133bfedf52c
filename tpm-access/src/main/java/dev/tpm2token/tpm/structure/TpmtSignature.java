package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/** TPMT_SIGNATURE: Part 2, 11.3.4. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public sealed interface TpmtSignature extends TpmStructure {
  static TpmtSignature read(TpmReader r) {
    TpmAlgId scheme = TpmAlgId.read(r);
    return switch (scheme) {
      case RSASSA, RSAPSS -> new Rsa(scheme, TpmAlgId.read(r), r.tpm2b());
      case ECDSA, ECDAA, SM2, ECSCHNORR -> new Ecc(scheme, TpmAlgId.read(r), r.tpm2b(), r.tpm2b());
      case HMAC -> hmac(r);
      default -> throw new TpmProtocolException(scheme + " is not a signature scheme");
    };
  }

  private static Hmac hmac(TpmReader r) {
    TpmAlgId hash = TpmAlgId.read(r);
    return new Hmac(hash, r.bytes(hash.digestLength()));
  }

  /** RSASSA or RSAPSS: a number as long as the modulus, big-endian. */
  record Rsa(TpmAlgId scheme, TpmAlgId hash, byte[] signature) implements TpmtSignature {
    @Override
    public void write(TpmWriter w) {
      scheme.write(w);
      hash.write(w);
      w.tpm2b(signature);
    }
  }

  /** ECDSA and its like: r and s, big-endian; a TPM may leave out leading zeros. */
  record Ecc(TpmAlgId scheme, TpmAlgId hash, byte[] signatureR, byte[] signatureS)
      implements TpmtSignature {
    @Override
    public void write(TpmWriter w) {
      scheme.write(w);
      hash.write(w);
      w.tpm2b(signatureR).tpm2b(signatureS);
    }
  }

  /** TPMT_HA: the digest is as long as the hash says, so no length is written. */
  record Hmac(TpmAlgId hash, byte[] digest) implements TpmtSignature {
    @Override
    public void write(TpmWriter w) {
      TpmAlgId.HMAC.write(w);
      hash.write(w);
      w.bytes(digest);
    }
  }
}
