package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;

/** A response that has put an object into the TPM. */
public interface LoadedObject {
  TpmHandle objectHandle();

  /** The object's Name as the TPM gives it. */
  byte[] name();
}
