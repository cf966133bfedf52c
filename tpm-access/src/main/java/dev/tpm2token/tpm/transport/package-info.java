/** Ways to reach a TPM: bytes of a command in, bytes of its response out. */
@NullMarked
package dev.tpm2token.tpm.transport;

import org.jspecify.annotations.NullMarked;
