package dev.tpm2token.interop.functions;

import org.jspecify.annotations.Nullable;

/** An argument of a call, made when all that comes before the call is done. */
@FunctionalInterface
interface Value {
  /** Memory, a number, a template, or null for NULL_PTR. */
  @Nullable Object in(World world);
}
