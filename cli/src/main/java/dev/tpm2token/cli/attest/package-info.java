/** Proofs that a key lives in a TPM, made, and checked without one. */
@NullMarked
package dev.tpm2token.cli.attest;

import org.jspecify.annotations.NullMarked;
