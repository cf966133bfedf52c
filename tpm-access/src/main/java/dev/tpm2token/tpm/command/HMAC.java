package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** An HMAC over a buffer of at most TPM_PT_INPUT_BUFFER bytes: Part 3, 15.5. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record HMAC(TpmHandle handle, byte[] buffer, TpmAlgId hashAlg)
    implements TpmCommand<byte[]> {
  @Override
  public TpmCc code() {
    return TpmCc.HMAC;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(handle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(buffer);
    hashAlg.write(w);
  }

  @Override
  public byte[] readResponse(TpmReader r) {
    return r.tpm2b();
  }
}
