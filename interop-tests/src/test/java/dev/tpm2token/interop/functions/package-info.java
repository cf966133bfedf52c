/**
 * Each function of Cryptoki and each return value that PKCS#11, section 5, names for it, as tables:
 * a class a chapter, rows a function.
 */
@NullMarked
package dev.tpm2token.interop.functions;

import org.jspecify.annotations.NullMarked;
