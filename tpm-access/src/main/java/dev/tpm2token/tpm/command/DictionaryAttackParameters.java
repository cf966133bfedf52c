package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** How many wrong authorizations lock the TPM, and for how many seconds: Part 3, 25.3. */
public record DictionaryAttackParameters(
    TpmHandle lockHandle, int newMaxTries, int newRecoveryTime, int lockoutRecovery)
    implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.DictionaryAttackParameters;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(lockHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.u32(newMaxTries).u32(newRecoveryTime).u32(lockoutRecovery);
  }

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
