/** TPM 2.0. */
@NullMarked
package dev.tpm2token.tpm;

import org.jspecify.annotations.NullMarked;
