package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Sets the count of wrong authorizations to zero: Part 3, 25.2. */
public record DictionaryAttackLockReset(TpmHandle lockHandle) implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.DictionaryAttackLockReset;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(lockHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {}

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
