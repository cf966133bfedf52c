/**
 * Authorization sessions (Part 1, 17-21): nonces, HMACs, parameter encryption, salts, key
 * derivation.
 */
@NullMarked
package dev.tpm2token.tpm.session;

import org.jspecify.annotations.NullMarked;
