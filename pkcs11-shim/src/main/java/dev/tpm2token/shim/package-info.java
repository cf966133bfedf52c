/**
 * Where C ends: the entry points behind the C function lists. Pointers are read and written here
 * and nowhere else; what goes on to token-core is bytes and records.
 */
@NullMarked
package dev.tpm2token.shim;

import org.jspecify.annotations.NullMarked;
