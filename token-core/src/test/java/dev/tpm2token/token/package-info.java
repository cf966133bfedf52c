@NullMarked
package dev.tpm2token.token;

import org.jspecify.annotations.NullMarked;
