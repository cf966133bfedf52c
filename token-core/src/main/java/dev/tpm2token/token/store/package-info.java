/** The store: tokens and objects as versioned JSON in files; every change atomic and durable. */
@NullMarked
package dev.tpm2token.token.store;

import org.jspecify.annotations.NullMarked;
