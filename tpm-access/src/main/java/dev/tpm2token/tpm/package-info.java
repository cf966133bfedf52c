/** A TPM 2.0 as this process uses it: the device, its lease, what it can do, and its errors. */
@NullMarked
package dev.tpm2token.tpm;

import org.jspecify.annotations.NullMarked;
