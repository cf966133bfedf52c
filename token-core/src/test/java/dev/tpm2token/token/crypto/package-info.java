@NullMarked
package dev.tpm2token.token.crypto;

import org.jspecify.annotations.NullMarked;
