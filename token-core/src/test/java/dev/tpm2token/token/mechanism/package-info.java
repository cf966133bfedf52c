@NullMarked
package dev.tpm2token.token.mechanism;

import org.jspecify.annotations.NullMarked;
