package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/**
 * TPMS_SENSITIVE_CREATE: Part 2, 11.1.15.
 *
 * @param userAuth the new object's authValue
 * @param data what to seal, or a given key; empty where the TPM makes it
 */
@SuppressWarnings("ArrayRecordComponent") // secrets are never compared, and their owner zeroes them
public record TpmsSensitiveCreate(byte[] userAuth, byte[] data) implements TpmStructure {
  @Override
  public void write(TpmWriter w) {
    w.tpm2b(userAuth).tpm2b(data);
  }

  public static TpmsSensitiveCreate read(TpmReader r) {
    return new TpmsSensitiveCreate(r.tpm2b(), r.tpm2b());
  }

  @Override
  public String toString() {
    return "TpmsSensitiveCreate";
  }
}
