/** Objects: classes, their schemas, and where they live. */
@NullMarked
package dev.tpm2token.token.object;

import org.jspecify.annotations.NullMarked;
