package dev.tpm2token.tpm;

/**
 * What can take an object slot of the TPM on our behalf: a key, or a primary key that we make
 * again.
 */
sealed interface Loadable permits KeyBlob, Parent {}
