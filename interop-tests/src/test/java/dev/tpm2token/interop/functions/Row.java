package dev.tpm2token.interop.functions;

import dev.tpm2token.interop.cryptoki.Rv;

/**
 * A row of the table: in these circumstances, the function answers this.
 *
 * @param function who is called
 * @param expected what it answers
 * @param when the circumstances in words, unique among the function's
 * @param call arranges the circumstances and calls
 */
record Row(Enum<?> function, Rv expected, String when, Call call) {
  /** What a row does; it may check more than the answer. */
  @FunctionalInterface
  interface Call {
    /** The answer. */
    Rv in(World world);
  }
}
