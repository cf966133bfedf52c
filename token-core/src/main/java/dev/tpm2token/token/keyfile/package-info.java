/** TPM 2.0 key files: keys in files of their own, as other programs read and write them. */
@NullMarked
package dev.tpm2token.token.keyfile;

import org.jspecify.annotations.NullMarked;
