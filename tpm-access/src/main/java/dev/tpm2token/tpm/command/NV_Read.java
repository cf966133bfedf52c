package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Reads from an NV index: Part 3, 31.13. */
public record NV_Read(TpmHandle authHandle, TpmHandle nvIndex, int size, int offset)
    implements TpmCommand<byte[]> {
  @Override
  public TpmCc code() {
    return TpmCc.NV_Read;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(authHandle, nvIndex);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.u16(size).u16(offset);
  }

  @Override
  public byte[] readResponse(TpmReader r) {
    return r.tpm2b();
  }
}
