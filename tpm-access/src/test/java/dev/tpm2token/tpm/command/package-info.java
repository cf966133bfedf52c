/** Tests of the commands. */
@NullMarked
package dev.tpm2token.tpm.command;

import org.jspecify.annotations.NullMarked;
