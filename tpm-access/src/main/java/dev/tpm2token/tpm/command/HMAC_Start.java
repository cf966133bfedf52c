package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/**
 * Begins an HMAC over more than a buffer holds: Part 3, 17.2. The sequence takes up a slot as an
 * object does, until it is complete.
 *
 * @param auth the sequence's authValue
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record HMAC_Start(TpmHandle handle, byte[] auth, TpmAlgId hashAlg)
    implements TpmCommand<HMAC_Start.Response> {
  /** The sequence in the TPM. */
  public record Response(TpmHandle sequenceHandle) {}

  @Override
  public TpmCc code() {
    return TpmCc.HMAC_Start;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(handle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(auth);
    hashAlg.write(w);
  }

  @Override
  public HMAC_Start.Response readResponse(TpmReader r) {
    return new Response(TpmHandle.read(r));
  }
}
