/** The TPM 2.0 Library's commands (Part 3), one record each, its response beside it. */
@NullMarked
package dev.tpm2token.tpm.command;

import org.jspecify.annotations.NullMarked;
