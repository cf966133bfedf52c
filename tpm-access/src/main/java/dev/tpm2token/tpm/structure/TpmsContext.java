package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/** TPMS_CONTEXT, an object or session moved out of the TPM: Part 2, 14.5. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TpmsContext(
    long sequence, TpmHandle savedHandle, TpmHandle hierarchy, byte[] contextBlob)
    implements TpmStructure {
  @Override
  public void write(TpmWriter w) {
    w.u64(sequence);
    savedHandle.write(w);
    hierarchy.write(w);
    w.tpm2b(contextBlob);
  }

  public static TpmsContext read(TpmReader r) {
    return new TpmsContext(r.u64(), TpmHandle.read(r), TpmHandle.read(r), r.tpm2b());
  }
}
