package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Loads an object whose private part the parent wraps: Part 3, 12.2. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Load(TpmHandle parentHandle, byte[] inPrivate, TpmtPublic inPublic)
    implements TpmCommand<Load.Response> {
  /** The object in the TPM. */
  public record Response(TpmHandle objectHandle, byte[] name) implements LoadedObject {}

  @Override
  public TpmCc code() {
    return TpmCc.Load;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(parentHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(inPrivate).sized(inPublic);
  }

  @Override
  public Load.Response readResponse(TpmReader r) {
    return new Response(TpmHandle.read(r), r.tpm2b());
  }
}
