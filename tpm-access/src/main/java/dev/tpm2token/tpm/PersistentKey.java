package dev.tpm2token.tpm;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;

/**
 * A key that the TPM keeps.
 *
 * @param handle persistent
 * @param publicArea as it was when it was first met: with another key under the handle, HMACs are
 *     wrong
 */
public record PersistentKey(TpmHandle handle, TpmtPublic publicArea) implements Key {}
