package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/**
 * Gives out a secret that was wrapped for two objects, where both are this TPM's: Part 3, 12.5.
 *
 * @param activateHandle the object whose Name is in the credential
 * @param keyHandle the key that it was wrapped for
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ActivateCredential(
    TpmHandle activateHandle, TpmHandle keyHandle, byte[] credentialBlob, byte[] secret)
    implements TpmCommand<byte[]> {
  @Override
  public TpmCc code() {
    return TpmCc.ActivateCredential;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(activateHandle, keyHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(credentialBlob).tpm2b(secret);
  }

  @Override
  public byte[] readResponse(TpmReader r) {
    return r.tpm2b();
  }
}
