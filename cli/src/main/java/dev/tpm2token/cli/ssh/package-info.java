/** Verbs about OpenSSH. */
@NullMarked
package dev.tpm2token.cli.ssh;

import org.jspecify.annotations.NullMarked;
