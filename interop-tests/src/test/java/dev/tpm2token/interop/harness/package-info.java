/** What every interop test stands on: the module, a TPM of its own, and a shell. */
@NullMarked
package dev.tpm2token.interop.harness;

import org.jspecify.annotations.NullMarked;
