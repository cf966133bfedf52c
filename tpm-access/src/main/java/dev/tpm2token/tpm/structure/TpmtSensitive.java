package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/**
 * TPMT_SENSITIVE: Part 2, 12.3.2.4. TPMU_SENSITIVE_COMPOSITE is a TPM2B in each of its kinds.
 *
 * @param seedValue a storage key's seed, or what a keyed hash's or symmetric key's unique is made
 *     with
 * @param sensitive an RSA key's first prime, an ECC key's d, or the data or key itself
 */
@SuppressWarnings("ArrayRecordComponent") // secrets are never compared, and their owner zeroes them
public record TpmtSensitive(TpmAlgId type, byte[] authValue, byte[] seedValue, byte[] sensitive)
    implements TpmStructure {
  @Override
  public void write(TpmWriter w) {
    type.write(w);
    w.tpm2b(authValue).tpm2b(seedValue).tpm2b(sensitive);
  }

  public static TpmtSensitive read(TpmReader r) {
    return new TpmtSensitive(TpmAlgId.read(r), r.tpm2b(), r.tpm2b(), r.tpm2b());
  }

  @Override
  public String toString() {
    return "TpmtSensitive[" + type + "]";
  }
}
