/** How the TPM 2.0 Library's types are laid out in bytes: Part 2, 4 and Part 1, 9. */
@NullMarked
package dev.tpm2token.tpm.wire;

import org.jspecify.annotations.NullMarked;
