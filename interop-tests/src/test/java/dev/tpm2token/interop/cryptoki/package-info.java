/** A Cryptoki client of our own: the function list by index, structures laid out by hand. */
@NullMarked
package dev.tpm2token.interop.cryptoki;

import org.jspecify.annotations.NullMarked;
