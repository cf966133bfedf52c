/** Real clients against the real library on a real, emulated TPM: one short class a client. */
@NullMarked
package dev.tpm2token.interop;

import org.jspecify.annotations.NullMarked;
