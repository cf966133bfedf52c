package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/** The maker's own data on the self-test, and what it came to: Part 3, 10.4. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record GetTestResult() implements TpmCommand<GetTestResult.Response> {
  /**
   * The outcome.
   *
   * @param testResult a TPM_RC
   */
  public record Response(byte[] outData, int testResult) {}

  @Override
  public TpmCc code() {
    return TpmCc.GetTestResult;
  }

  @Override
  public void writeParameters(TpmWriter w) {}

  @Override
  public GetTestResult.Response readResponse(TpmReader r) {
    return new Response(r.tpm2b(), r.u32());
  }
}
