package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSignature;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Has the TPM say, signed by a key of its own, that it holds an object: Part 3, 18.2. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Certify(
    TpmHandle objectHandle, TpmHandle signHandle, byte[] qualifyingData, TpmtScheme inScheme)
    implements TpmCommand<Certify.Response> {
  /**
   * What it says, and the signature of that.
   *
   * @param certifyInfo a TPMS_ATTEST, as it was signed
   */
  public record Response(byte[] certifyInfo, TpmtSignature signature) {}

  @Override
  public TpmCc code() {
    return TpmCc.Certify;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(objectHandle, signHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(qualifyingData);
    inScheme.write(w);
  }

  @Override
  public Certify.Response readResponse(TpmReader r) {
    return new Response(r.tpm2b(), TpmtSignature.read(r));
  }
}
