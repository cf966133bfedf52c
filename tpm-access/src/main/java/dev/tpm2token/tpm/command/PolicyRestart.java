package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Puts a policy session back to where it began: Part 3, 11.2. */
public record PolicyRestart(TpmHandle sessionHandle) implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.PolicyRestart;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(sessionHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {}

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
