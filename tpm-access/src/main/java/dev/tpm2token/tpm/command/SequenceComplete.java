package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtTicket;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/**
 * Adds the last part and ends a sequence, which then is no longer in the TPM: Part 3, 17.5.
 *
 * @param buffer at most TPM_PT_INPUT_BUFFER bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SequenceComplete(TpmHandle sequenceHandle, byte[] buffer)
    implements TpmCommand<byte[]> {
  @Override
  public TpmCc code() {
    return TpmCc.SequenceComplete;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(sequenceHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(buffer);
    TpmHandle.NULL.write(w);
  }

  @Override
  public byte[] readResponse(TpmReader r) {
    byte[] result = r.tpm2b();
    TpmtTicket.read(r);
    return result;
  }
}
