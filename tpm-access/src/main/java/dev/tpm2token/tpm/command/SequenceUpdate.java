package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Adds to a sequence at most TPM_PT_INPUT_BUFFER bytes: Part 3, 17.4. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SequenceUpdate(TpmHandle sequenceHandle, byte[] buffer) implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.SequenceUpdate;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(sequenceHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(buffer);
  }

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
