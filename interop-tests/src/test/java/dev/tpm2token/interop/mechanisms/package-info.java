/**
 * Each mechanism of the built library, used in each way that its flags say, with the JDK as judge.
 */
@NullMarked
package dev.tpm2token.interop.mechanisms;

import org.jspecify.annotations.NullMarked;
