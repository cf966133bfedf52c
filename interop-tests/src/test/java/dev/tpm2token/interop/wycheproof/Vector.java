package dev.tpm2token.interop.wycheproof;

import java.util.Locale;

/**
 * A vector.
 *
 * @param algorithm the file's
 * @param group what it has in common with others: the key, the hash
 */
record Vector(String algorithm, Fields group, Fields fields) {
  /** What Wycheproof expects of it. */
  enum Result {
    VALID,
    INVALID,
    /** Some refuse it, and both are right. */
    ACCEPTABLE
  }

  Result result() {
    return Result.valueOf(fields.text("result").toUpperCase(Locale.ROOT));
  }

  byte[] bytes(String name) {
    return fields.bytes(name);
  }

  @Override
  public String toString() {
    return "%d (%s, %s)".formatted(fields.number("tcId"), fields.text("comment"), result());
  }
}
