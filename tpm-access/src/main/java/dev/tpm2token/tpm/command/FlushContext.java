package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/** Takes an object or session out of the TPM: Part 3, 28.4. The handle is a parameter. */
public record FlushContext(TpmHandle flushHandle) implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.FlushContext;
  }

  @Override
  public void writeParameters(TpmWriter w) {
    flushHandle.write(w);
  }

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
