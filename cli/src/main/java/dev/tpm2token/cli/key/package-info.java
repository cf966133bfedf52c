/** Verbs about keys. */
@NullMarked
package dev.tpm2token.cli.key;

import org.jspecify.annotations.NullMarked;
