package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmuPublicParms;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;

/**
 * Asks whether the TPM supports these parameters; the answer is the response code: Part 3, 30.3.
 */
public record TestParms(TpmuPublicParms parameters) implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.TestParms;
  }

  @Override
  public void writeParameters(TpmWriter w) {
    parameters.type().write(w);
    parameters.write(w);
  }

  @Override
  public Empty readResponse(TpmReader r) {
    return Empty.RESPONSE;
  }
}
