package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsNvPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** What an NV index is: Part 3, 31.6. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record NV_ReadPublic(TpmHandle nvIndex) implements TpmCommand<NV_ReadPublic.Response> {
  /** The public area, and the Name that the TPM holds of it. */
  public record Response(TpmsNvPublic nvPublic, byte[] nvName) {}

  @Override
  public TpmCc code() {
    return TpmCc.NV_ReadPublic;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(nvIndex);
  }

  @Override
  public void writeParameters(TpmWriter w) {}

  @Override
  public NV_ReadPublic.Response readResponse(TpmReader r) {
    return new Response(r.sized(TpmsNvPublic::read), r.tpm2b());
  }
}
