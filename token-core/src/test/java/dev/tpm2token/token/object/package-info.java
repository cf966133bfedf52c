@NullMarked
package dev.tpm2token.token.object;

import org.jspecify.annotations.NullMarked;
