package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSignature;
import dev.tpm2token.tpm.structure.TpmtTicket;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Signs a digest: Part 3, 20.2. The ticket says whether the TPM made the digest itself. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Sign(TpmHandle keyHandle, byte[] digest, TpmtScheme inScheme, TpmtTicket validation)
    implements TpmCommand<TpmtSignature> {
  /** With an unrestricted key: nothing need vouch for the digest. */
  public Sign(TpmHandle keyHandle, byte[] digest, TpmtScheme inScheme) {
    this(keyHandle, digest, inScheme, TpmtTicket.NULL_HASHCHECK);
  }

  @Override
  public TpmCc code() {
    return TpmCc.Sign;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(keyHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(digest);
    inScheme.write(w);
    validation.write(w);
  }

  @Override
  public TpmtSignature readResponse(TpmReader r) {
    return TpmtSignature.read(r);
  }
}
