/**
 * Cryptoki's semantics: slots, tokens, sessions and what a client may do in each state. Knows no C.
 */
@NullMarked
package dev.tpm2token.token;

import org.jspecify.annotations.NullMarked;
