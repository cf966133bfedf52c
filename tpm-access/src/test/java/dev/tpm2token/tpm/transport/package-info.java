/** Tests of the transports. */
@NullMarked
package dev.tpm2token.tpm.transport;

import org.jspecify.annotations.NullMarked;
