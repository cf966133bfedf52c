/** Verbs about certificates. */
@NullMarked
package dev.tpm2token.cli.cert;

import org.jspecify.annotations.NullMarked;
