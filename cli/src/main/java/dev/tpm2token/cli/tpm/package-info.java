/** Verbs about the TPM itself. */
@NullMarked
package dev.tpm2token.cli.tpm;

import org.jspecify.annotations.NullMarked;
