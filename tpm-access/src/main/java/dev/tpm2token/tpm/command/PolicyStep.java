package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/**
 * An assertion that wants nothing but the policy session, and returns nothing: TPM2_PolicyPCR,
 * TPM2_PolicyAuthValue and their like, Part 3, 23.
 */
public record PolicyStep(TpmHandle policySession, Policy.Step step) implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return step.code();
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(policySession);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.bytes(step.parameters());
  }

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
