package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Gives a hierarchy another authValue: Part 3, 24.8. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record HierarchyChangeAuth(TpmHandle authHandle, byte[] newAuth)
    implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.HierarchyChangeAuth;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(authHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(newAuth);
  }

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }

  @Override
  public byte[] authValueAfter() {
    return newAuth;
  }
}
