/** Verbs about tokens and PINs. */
@NullMarked
package dev.tpm2token.cli.token;

import org.jspecify.annotations.NullMarked;
