package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/**
 * Turns a duplicate of an object, made for this parent, into one that loads under it: Part 3, 13.3.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Import(
    TpmHandle parentHandle,
    byte[] encryptionKey,
    TpmtPublic objectPublic,
    byte[] duplicate,
    byte[] inSymSeed,
    TpmtSymDefObject symmetricAlg)
    implements TpmCommand<byte[]> {
  @Override
  public TpmCc code() {
    return TpmCc.Import;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(parentHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(encryptionKey).sized(objectPublic).tpm2b(duplicate).tpm2b(inSymSeed);
    symmetricAlg.write(w);
  }

  @Override
  public byte[] readResponse(TpmReader r) {
    return r.tpm2b();
  }
}
