/** The mandatory test cases of the OASIS profiles of PKCS#11 3.x. */
@NullMarked
package dev.tpm2token.interop.profiles;

import org.jspecify.annotations.NullMarked;
