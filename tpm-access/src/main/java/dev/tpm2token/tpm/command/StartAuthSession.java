package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Starts an HMAC session or a policy session: Part 3, 11.1. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StartAuthSession(
    TpmHandle tpmKey,
    TpmHandle bind,
    byte[] nonceCaller,
    byte[] encryptedSalt,
    int sessionType,
    TpmtSymDefObject symmetric,
    TpmAlgId authHash)
    implements TpmCommand<StartAuthSession.Response> {
  /** TPM_SE_HMAC: Part 2, 6.11. */
  public static final int HMAC = 0;

  /** TPM_SE_POLICY. */
  public static final int POLICY = 1;

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
    w.tpm2b(nonceCaller).tpm2b(encryptedSalt).u8(sessionType);
    symmetric.write(w);
    authHash.write(w);
  }

  @Override
  public StartAuthSession.Response readResponse(TpmReader r) {
    return new Response(TpmHandle.read(r), r.tpm2b());
  }
}
