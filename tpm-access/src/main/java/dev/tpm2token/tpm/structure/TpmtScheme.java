package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/**
 * A scheme and its hash: TPMT_RSA_SCHEME, TPMT_ECC_SCHEME, TPMT_SIG_SCHEME, TPMT_RSA_DECRYPT,
 * TPMT_KDF_SCHEME and TPMT_KEYEDHASH_SCHEME (Part 2, 11.1.23, 11.2.1-11.2.4, 11.2.2.9) are the same
 * on the wire but for two rare kinds: ECDAA has a count too, and XOR, which we refuse, has a KDF.
 *
 * @param hash NULL where the scheme has none (NULL, RSAES)
 * @param count of ECDAA alone
 */
public record TpmtScheme(TpmAlgId scheme, TpmAlgId hash, int count) implements TpmStructure {
  public static final TpmtScheme NULL = new TpmtScheme(TpmAlgId.NULL, TpmAlgId.NULL);
  public static final TpmtScheme RSAES = new TpmtScheme(TpmAlgId.RSAES, TpmAlgId.NULL);

  public TpmtScheme(TpmAlgId scheme, TpmAlgId hash) {
    this(scheme, hash, 0);
  }

  public static TpmtScheme rsassa(TpmAlgId hash) {
    return new TpmtScheme(TpmAlgId.RSASSA, hash);
  }

  public static TpmtScheme oaep(TpmAlgId hash) {
    return new TpmtScheme(TpmAlgId.OAEP, hash);
  }

  public static TpmtScheme ecdsa(TpmAlgId hash) {
    return new TpmtScheme(TpmAlgId.ECDSA, hash);
  }

  @Override
  public void write(TpmWriter w) {
    scheme.write(w);
    if (hasHash(scheme)) {
      hash.write(w);
    }
    if (scheme == TpmAlgId.ECDAA) {
      w.u16(count);
    }
  }

  public static TpmtScheme read(TpmReader r) {
    TpmAlgId scheme = TpmAlgId.read(r);
    if (scheme == TpmAlgId.XOR) {
      throw new TpmProtocolException("the scheme XOR is not supported");
    }
    TpmAlgId hash = hasHash(scheme) ? TpmAlgId.read(r) : TpmAlgId.NULL;
    return new TpmtScheme(scheme, hash, scheme == TpmAlgId.ECDAA ? r.u16() : 0);
  }

  private static boolean hasHash(TpmAlgId scheme) {
    return scheme != TpmAlgId.NULL && scheme != TpmAlgId.RSAES;
  }
}
