package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** A symmetric key in use, the data encrypted on the bus: Part 3, 15.3. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record EncryptDecrypt2(
    TpmHandle keyHandle, byte[] inData, boolean decrypt, TpmAlgId mode, byte[] ivIn)
    implements TpmCommand<EncryptDecrypt2.Response> {
  /**
   * The result.
   *
   * @param ivOut what to give as ivIn with the data that follows
   */
  public record Response(byte[] outData, byte[] ivOut) {}

  @Override
  public TpmCc code() {
    return TpmCc.EncryptDecrypt2;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(keyHandle);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(inData).u8(decrypt ? 1 : 0);
    mode.write(w);
    w.tpm2b(ivIn);
  }

  @Override
  public EncryptDecrypt2.Response readResponse(TpmReader r) {
    return new Response(r.tpm2b(), r.tpm2b());
  }
}
