/** Verbs about the store: its health, and copies of it. */
@NullMarked
package dev.tpm2token.cli.store;

import org.jspecify.annotations.NullMarked;
