@NullMarked
package dev.tpm2token.shim;

import org.jspecify.annotations.NullMarked;
