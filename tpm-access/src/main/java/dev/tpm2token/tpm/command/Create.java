package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtTicket;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Makes an object under a storage key, and gives it back wrapped by that: Part 3, 12.1. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Create(TpmHandle parentHandle, TpmsSensitiveCreate inSensitive, TpmtPublic inPublic)
    implements TpmCommand<Create.Response> {
  /**
   * The object, not loaded.
   *
   * @param creationData a TPMS_CREATION_DATA
   */
  public record Response(
      byte[] outPrivate,
      TpmtPublic outPublic,
      byte[] creationData,
      byte[] creationHash,
      TpmtTicket creationTicket) {}

  @Override
  public TpmCc code() {
    return TpmCc.Create;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(parentHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.sized(inSensitive).sized(inPublic);
    w.tpm2b(new byte[0]).u32(0); // outsideInfo, and no PCR in creationPCR
  }

  @Override
  public Create.Response readResponse(TpmReader r) {
    return new Response(
        r.tpm2b(), r.sized(TpmtPublic::read), r.tpm2b(), r.tpm2b(), TpmtTicket.read(r));
  }
}
