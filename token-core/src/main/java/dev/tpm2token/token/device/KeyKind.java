package dev.tpm2token.token.device;

import dev.tpm2token.token.crypto.Curve;

/** What key pair the TPM is asked for. */
public sealed interface KeyKind {
  /** RSA with the public exponent 65537. */
  record Rsa(int bits) implements KeyKind {}

  /** On a curve. */
  record Ec(Curve curve) implements KeyKind {}
}
