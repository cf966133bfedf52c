/** Tests of tpm-access, and the software TPM that other modules' tests use. */
@NullMarked
package dev.tpm2token.tpm;

import org.jspecify.annotations.NullMarked;
