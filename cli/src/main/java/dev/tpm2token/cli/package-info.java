/** {@code tpm2-token}, the administrator's command. */
@NullMarked
package dev.tpm2token.cli;

import org.jspecify.annotations.NullMarked;
