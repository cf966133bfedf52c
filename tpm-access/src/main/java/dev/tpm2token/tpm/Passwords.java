package dev.tpm2token.tpm;

import dev.tpm2token.tpm.structure.TpmHandle;

/**
 * The authValues of what is in the TPM and not ours: hierarchies, and a storage key that others
 * made. Where nothing is known they are empty.
 */
@FunctionalInterface
public interface Passwords {
  Passwords NONE = handle -> new byte[0];

  /** The authValue under a handle; a copy that the caller zeroes. */
  byte[] of(TpmHandle handle);
}
