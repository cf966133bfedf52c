package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Keeps a transient object for good, or removes a persistent one: Part 3, 28.5. */
public record EvictControl(TpmHandle auth, TpmHandle objectHandle, TpmHandle persistentHandle)
    implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.EvictControl;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(auth, objectHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    persistentHandle.write(w);
  }

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
