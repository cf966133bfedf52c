package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/**
 * TPMT_SYM_DEF_OBJECT (Part 2, 11.1.7), and TPMT_SYM_DEF where it names a block cipher.
 *
 * @param keyBits 0 where {@code algorithm} is NULL
 * @param mode NULL where {@code algorithm} is
 */
public record TpmtSymDefObject(TpmAlgId algorithm, int keyBits, TpmAlgId mode)
    implements TpmStructure {
  public static final TpmtSymDefObject NULL = new TpmtSymDefObject(TpmAlgId.NULL, 0, TpmAlgId.NULL);
  public static final TpmtSymDefObject AES_128_CFB =
      new TpmtSymDefObject(TpmAlgId.AES, 128, TpmAlgId.CFB);

  @Override
  public void write(TpmWriter w) {
    algorithm.write(w);
    if (algorithm != TpmAlgId.NULL) {
      w.u16(keyBits);
      mode.write(w);
    }
  }

  public static TpmtSymDefObject read(TpmReader r) {
    TpmAlgId algorithm = TpmAlgId.read(r);
    return algorithm == TpmAlgId.NULL
        ? NULL
        : new TpmtSymDefObject(algorithm, r.u16(), TpmAlgId.read(r));
  }
}
