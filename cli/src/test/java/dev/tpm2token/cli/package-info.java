/** The command's verbs, run in this process on an emulated TPM. */
@NullMarked
package dev.tpm2token.cli;

import org.jspecify.annotations.NullMarked;
