package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsContext;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** An object or session as bytes that this TPM can take back: Part 3, 28.2. */
public record ContextSave(TpmHandle saveHandle) implements TpmCommand<TpmsContext> {
  @Override
  public TpmCc code() {
    return TpmCc.ContextSave;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(saveHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {}

  @Override
  public TpmsContext readResponse(TpmReader r) {
    return TpmsContext.read(r);
  }
}
