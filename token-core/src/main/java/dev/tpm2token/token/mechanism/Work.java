package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.crypto.HashAlgorithm;
import java.util.Optional;

/** What a mechanism does, as far as it is not said by its functions alone. */
public sealed interface Work {
  /** Makes, derives or wraps keys: the rest is the matter of the functions for keys. */
  record Keys() implements Work {}

  /** Digests. */
  record Digests(HashAlgorithm hash) implements Work {}

  /** The scheme that a parameter asks for. */
  @FunctionalInterface
  interface SchemeChoice {
    /** Checks the parameter, which is of the row's shape, as a whole. */
    SignatureScheme of(Mechanism mechanism, Parameter parameter);
  }

  /** The padding that a parameter asks for. */
  @FunctionalInterface
  interface PaddingChoice {
    /** Checks the parameter. */
    RsaPadding of(Parameter parameter);
  }

  /**
   * A private key's work and its public counterpart.
   *
   * @param scheme how it signs and verifies, if it does
   * @param padding how it encrypts and decrypts, if it does
   */
  record Asymmetric(Optional<SchemeChoice> scheme, Optional<PaddingChoice> padding)
      implements Work {}

  /** An authentication code. */
  record Authenticates(MacScheme mac) implements Work {}

  /** Encrypts with a secret key. */
  record Ciphers(AesMode mode) implements Work {}
}
