package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Starts a session; here always an HMAC session: Part 3, 11.1. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StartAuthSession(
    TpmHandle tpmKey,
    TpmHandle bind,
    byte[] nonceCaller,
    byte[] encryptedSalt,
    TpmtSymDefObject symmetric,
    TpmAlgId authHash)
    implements TpmCommand<StartAuthSession.Response> {
  /** The session and its first nonce. */
  public record Response(TpmHandle sessionHandle, byte[] nonceTpm) {}

  @Override
  public TpmCc code() {
    return TpmCc.StartAuthSession;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(tpmKey, bind);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(nonceCaller).tpm2b(encryptedSalt).u8(0); // TPM_SE_HMAC
    symmetric.write(w);
    authHash.write(w);
  }

  @Override
  public StartAuthSession.Response readResponse(TpmReader r) {
    return new Response(TpmHandle.read(r), r.tpm2b());
  }
}
