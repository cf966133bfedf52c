package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Reads PCR, as many at once as the TPM cares to give: Part 3, 22.4. */
public record PCR_Read(TpmlPcrSelection pcrSelectionIn) implements TpmCommand<PCR_Read.Response> {
  /** Which were read, and their values in order of bank and number. */
  public record Response(
      int pcrUpdateCounter, TpmlPcrSelection pcrSelectionOut, List<byte[]> pcrValues) {}

  @Override
  public TpmCc code() {
    return TpmCc.PCR_Read;
  }

  @Override
  public void writeParameters(TpmWriter w) {
    pcrSelectionIn.write(w);
  }

  @Override
  public PCR_Read.Response readResponse(TpmReader r) {
    return new Response(r.u32(), TpmlPcrSelection.read(r), r.list(TpmReader::tpm2b));
  }
}
