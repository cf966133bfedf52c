/** Private keys in files of every usual form, read into PKCS#8. */
@NullMarked
package dev.tpm2token.cli.keyfile;

import org.jspecify.annotations.NullMarked;
