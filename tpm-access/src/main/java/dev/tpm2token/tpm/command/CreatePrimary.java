package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtTicket;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Makes an object from a hierarchy's seed and a template, and loads it: Part 3, 24.1. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CreatePrimary(
    TpmHandle primaryHandle, TpmsSensitiveCreate inSensitive, TpmtPublic inPublic)
    implements TpmCommand<CreatePrimary.Response> {
  /**
   * The object in the TPM.
   *
   * @param creationData a TPMS_CREATION_DATA
   */
  public record Response(
      TpmHandle objectHandle,
      TpmtPublic outPublic,
      byte[] creationData,
      byte[] creationHash,
      TpmtTicket creationTicket,
      byte[] name)
      implements LoadedObject {}

  @Override
  public TpmCc code() {
    return TpmCc.CreatePrimary;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(primaryHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.sized(inSensitive).sized(inPublic);
    w.tpm2b(new byte[0]).u32(0); // outsideInfo, and no PCR in creationPCR
  }

  @Override
  public CreatePrimary.Response readResponse(TpmReader r) {
    return new Response(
        TpmHandle.read(r),
        r.sized(TpmtPublic::read),
        r.tpm2b(),
        r.tpm2b(),
        TpmtTicket.read(r),
        r.tpm2b());
  }
}
