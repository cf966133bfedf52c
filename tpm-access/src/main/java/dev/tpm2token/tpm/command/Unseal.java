package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** The data that a sealed object holds: Part 3, 12.7. */
public record Unseal(TpmHandle itemHandle) implements TpmCommand<byte[]> {
  @Override
  public TpmCc code() {
    return TpmCc.Unseal;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(itemHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {}

  @Override
  public byte[] readResponse(TpmReader r) {
    return r.tpm2b();
  }
}
