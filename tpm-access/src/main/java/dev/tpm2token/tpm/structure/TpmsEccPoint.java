package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/**
 * TPMS_ECC_POINT: Part 2, 11.2.5.2. Coordinates are big-endian; a TPM may leave out leading zeros.
 */
@SuppressWarnings("ArrayRecordComponent") // the wire form is what is compared
public record TpmsEccPoint(byte[] x, byte[] y) implements TpmStructure {
  @Override
  public void write(TpmWriter w) {
    w.tpm2b(x).tpm2b(y);
  }

  public static TpmsEccPoint read(TpmReader r) {
    return new TpmsEccPoint(r.tpm2b(), r.tpm2b());
  }
}
