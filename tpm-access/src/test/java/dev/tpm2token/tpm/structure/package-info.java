/** Tests of the structures. */
@NullMarked
package dev.tpm2token.tpm.structure;

import org.jspecify.annotations.NullMarked;
