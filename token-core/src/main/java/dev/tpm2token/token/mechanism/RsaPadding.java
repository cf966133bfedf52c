package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.TokenDevice;
import java.util.Optional;

/** How a family of mechanisms pads what RSA encrypts. */
interface RsaPadding {
  /** The longest text for a key, in bytes; negative where the key is too short for any. */
  int longest(PublicKey key);

  /** The text in a block as long as the modulus. */
  byte[] pad(TokenDevice device, PublicKey key, byte[] text);

  /**
   * The text in a block. How long that takes, and which bytes are read, does not depend on what is
   * wrong with it. That something is wrong is told by the return value, as Cryptoki has it: with
   * PKCS#1 v1.5, who may ask a million times learns a text by that alone (Bleichenbacher 1998).
   */
  Optional<byte[]> unpad(byte[] block);
}
