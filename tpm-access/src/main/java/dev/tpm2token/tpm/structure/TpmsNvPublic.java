package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/** TPMS_NV_PUBLIC: Part 2, 13.5. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TpmsNvPublic(
    TpmHandle nvIndex, TpmAlgId nameAlg, int attributes, byte[] authPolicy, int dataSize)
    implements TpmStructure {
  @Override
  public void write(TpmWriter w) {
    nvIndex.write(w);
    nameAlg.write(w);
    w.u32(attributes).tpm2b(authPolicy).u16(dataSize);
  }

  public static TpmsNvPublic read(TpmReader r) {
    return new TpmsNvPublic(TpmHandle.read(r), TpmAlgId.read(r), r.u32(), r.tpm2b(), r.u16());
  }
}
