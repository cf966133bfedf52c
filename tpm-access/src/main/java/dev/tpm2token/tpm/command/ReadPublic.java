package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** A loaded object's public area: Part 3, 12.4. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ReadPublic(TpmHandle objectHandle) implements TpmCommand<ReadPublic.Response> {
  /** The public area, and the Names that the TPM holds of it. */
  public record Response(TpmtPublic outPublic, byte[] name, byte[] qualifiedName) {}

  @Override
  public TpmCc code() {
    return TpmCc.ReadPublic;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(objectHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {}

  @Override
  public ReadPublic.Response readResponse(TpmReader r) {
    return new Response(r.sized(TpmtPublic::read), r.tpm2b(), r.tpm2b());
  }
}
