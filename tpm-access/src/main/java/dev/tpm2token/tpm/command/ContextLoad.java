package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsContext;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/** Takes a saved context back: Part 3, 28.3. */
public record ContextLoad(TpmsContext context) implements TpmCommand<TpmHandle> {
  @Override
  public TpmCc code() {
    return TpmCc.ContextLoad;
  }

  @Override
  public void writeParameters(TpmWriter w) {
    context.write(w);
  }

  @Override
  public TpmHandle readResponse(TpmReader r) {
    return TpmHandle.read(r);
  }
}
