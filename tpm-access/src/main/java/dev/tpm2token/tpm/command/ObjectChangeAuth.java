package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/**
 * The object's private part anew, under another authValue: Part 3, 12.8. The old one still loads.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ObjectChangeAuth(TpmHandle objectHandle, TpmHandle parentHandle, byte[] newAuth)
    implements TpmCommand<byte[]> {
  @Override
  public TpmCc code() {
    return TpmCc.ObjectChangeAuth;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(objectHandle, parentHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(newAuth);
  }

  @Override
  public byte[] readResponse(TpmReader r) {
    return r.tpm2b();
  }
}
