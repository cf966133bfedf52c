package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** RSA with a public key and padding: Part 3, 14.2. The label, if any, ends in a zero byte. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RSA_Encrypt(TpmHandle keyHandle, byte[] message, TpmtScheme inScheme, byte[] label)
    implements TpmCommand<byte[]> {
  @Override
  public TpmCc code() {
    return TpmCc.RSA_Encrypt;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(keyHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(message);
    inScheme.write(w);
    w.tpm2b(label);
  }

  @Override
  public byte[] readResponse(TpmReader r) {
    return r.tpm2b();
  }
}
