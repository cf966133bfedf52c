package dev.tpm2token.tpm;

import dev.tpm2token.tpm.structure.TpmtPublic;

/** A key as the TPM can be told of it: one to load, or one that it keeps. */
public sealed interface Key permits KeyBlob, PersistentKey {
  TpmtPublic publicArea();
}
