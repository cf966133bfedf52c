package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtSignature;
import dev.tpm2token.tpm.structure.TpmtTicket;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Checks a signature with a loaded key: Part 3, 20.1. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record VerifySignature(TpmHandle keyHandle, byte[] digest, TpmtSignature signature)
    implements TpmCommand<TpmtTicket> {
  @Override
  public TpmCc code() {
    return TpmCc.VerifySignature;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(keyHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(digest);
    signature.write(w);
  }

  @Override
  public TpmtTicket readResponse(TpmReader r) {
    return TpmtTicket.read(r);
  }
}
