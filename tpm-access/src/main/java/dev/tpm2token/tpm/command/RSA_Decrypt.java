package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** RSA with a private key, the padding taken off; with the scheme NULL, raw: Part 3, 14.3. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RSA_Decrypt(TpmHandle keyHandle, byte[] cipherText, TpmtScheme inScheme, byte[] label)
    implements TpmCommand<byte[]> {
  @Override
  public TpmCc code() {
    return TpmCc.RSA_Decrypt;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(keyHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(cipherText);
    inScheme.write(w);
    w.tpm2b(label);
  }

  @Override
  public byte[] readResponse(TpmReader r) {
    return r.tpm2b();
  }
}
