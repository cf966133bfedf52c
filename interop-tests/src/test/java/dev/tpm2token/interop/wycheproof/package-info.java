/** Wycheproof's test vectors, put to the functions of the built module. */
@NullMarked
package dev.tpm2token.interop.wycheproof;

import org.jspecify.annotations.NullMarked;
