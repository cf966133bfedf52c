/** Tests of the sessions. */
@NullMarked
package dev.tpm2token.tpm.session;

import org.jspecify.annotations.NullMarked;
