package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtSensitive;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import org.jspecify.annotations.Nullable;

/**
 * Loads an object that no parent here wraps; without a private part, a public key: Part 3, 12.3.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LoadExternal(
    @Nullable TpmtSensitive inPrivate, TpmtPublic inPublic, TpmHandle hierarchy)
    implements TpmCommand<LoadExternal.Response> {
  /** The object in the TPM. */
  public record Response(TpmHandle objectHandle, byte[] name) implements LoadedObject {}

  @Override
  public TpmCc code() {
    return TpmCc.LoadExternal;
  }

  @Override
  public void writeParameters(TpmWriter w) {
    if (inPrivate == null) {
      w.u16(0);
    } else {
      w.sized(inPrivate);
    }
    w.sized(inPublic);
    hierarchy.write(w);
  }

  @Override
  public LoadExternal.Response readResponse(TpmReader r) {
    return new Response(TpmHandle.read(r), r.tpm2b());
  }
}
