package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmsCapabilityData;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/** What the TPM is and holds, from a property on: Part 3, 30.2. */
public record GetCapability(int capability, int property, int propertyCount)
    implements TpmCommand<GetCapability.Response> {
  /**
   * A part of the list.
   *
   * @param moreData whether there is more than was asked for or would fit
   */
  public record Response(boolean moreData, TpmsCapabilityData capabilityData) {}

  @Override
  public TpmCc code() {
    return TpmCc.GetCapability;
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.u32(capability).u32(property).u32(propertyCount);
  }

  @Override
  public GetCapability.Response readResponse(TpmReader r) {
    return new Response(r.u8() != 0, TpmsCapabilityData.read(r));
  }
}
