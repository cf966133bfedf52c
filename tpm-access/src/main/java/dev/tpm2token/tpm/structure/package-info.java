/** The TPM 2.0 Library's structures (Part 2), under the names it gives them. */
@NullMarked
package dev.tpm2token.tpm.structure;

import org.jspecify.annotations.NullMarked;
