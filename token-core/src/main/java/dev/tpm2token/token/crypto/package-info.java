/** Software cryptography with Bouncy Castle's lightweight classes: what needs no TPM. */
@NullMarked
package dev.tpm2token.token.crypto;

import org.jspecify.annotations.NullMarked;
