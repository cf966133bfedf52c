package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/** TPMS_TAGGED_PROPERTY: Part 2, 10.8.2. */
public record TpmsTaggedProperty(int property, int value) implements TpmStructure {
  @Override
  public void write(TpmWriter w) {
    w.u32(property).u32(value);
  }

  public static TpmsTaggedProperty read(TpmReader r) {
    return new TpmsTaggedProperty(r.u32(), r.u32());
  }
}
