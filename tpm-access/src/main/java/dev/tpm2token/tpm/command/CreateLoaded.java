package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/**
 * Makes an object and loads it: Part 3, 12.9. The template is a TPMT_PUBLIC for any parent but a
 * derivation parent.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CreateLoaded(
    TpmHandle parentHandle, TpmsSensitiveCreate inSensitive, TpmtPublic inPublic)
    implements TpmCommand<CreateLoaded.Response> {
  /** The object, loaded, and what loads it again. */
  public record Response(
      TpmHandle objectHandle, byte[] outPrivate, TpmtPublic outPublic, byte[] name)
      implements LoadedObject {}

  @Override
  public TpmCc code() {
    return TpmCc.CreateLoaded;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(parentHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.sized(inSensitive).sized(inPublic);
  }

  @Override
  public CreateLoaded.Response readResponse(TpmReader r) {
    return new Response(TpmHandle.read(r), r.tpm2b(), r.sized(TpmtPublic::read), r.tpm2b());
  }
}
