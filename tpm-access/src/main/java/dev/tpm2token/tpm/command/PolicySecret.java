package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;

/** Asserts that the authValue of something is known, for this session alone: Part 3, 23.4. */
public record PolicySecret(TpmHandle authHandle, TpmHandle policySession)
    implements TpmCommand<Empty> {
  @Override
  public TpmCc code() {
    return TpmCc.PolicySecret;
  }

  @Override
  public List<TpmHandle> handles() {
    return List.of(authHandle, policySession);
  }

  @Override
  public void writeParameters(TpmWriter w) {
    w.tpm2b(new byte[0]).tpm2b(new byte[0]).tpm2b(new byte[0]).u32(0); // for ever, whatever it is
  }

  @Override
  public Empty readResponse(TpmReader r) {
    r.tpm2b(); // timeout
    r.bytes(r.remaining()); // and a ticket, which says nothing where nothing expires
    return Empty.RESPONSE;
  }
}
