package dev.tpm2token.interop.wycheproof;

import java.util.Optional;

/** How a vector is put to the module. */
interface Check {
  /**
   * Asserts that the module answers as it ought to.
   *
   * @return why the vector cannot be put to it at all, where that is so
   */
  Optional<String> of(Vector vector);
}
