package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** ECDH with a private key and another party's point: Part 3, 14.5. */
public record ECDH_ZGen(TpmHandle keyHandle, TpmsEccPoint inPoint)
    implements TpmCommand<TpmsEccPoint> {
  @Override
  public TpmCc code() {
    return TpmCc.ECDH_ZGen;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(keyHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.sized(inPoint);
  }

  @Override
  public TpmsEccPoint readResponse(TpmReader r) {
    return r.sized(TpmsEccPoint::read);
  }
}
