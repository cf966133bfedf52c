package dev.tpm2token.interop.mechanisms;

/** Where a secret key is. */
enum Holder {
  /** It is a token's, sensitive and not extractable. */
  TPM,
  /** It is a session's and can be read. */
  SOFTWARE
}
