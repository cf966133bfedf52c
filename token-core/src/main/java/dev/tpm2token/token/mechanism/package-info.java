/** Mechanisms: one table of rows, and the operations that the rows name. */
@NullMarked
package dev.tpm2token.token.mechanism;

import org.jspecify.annotations.NullMarked;
