@NullMarked
package dev.tpm2token.token.store;

import org.jspecify.annotations.NullMarked;
