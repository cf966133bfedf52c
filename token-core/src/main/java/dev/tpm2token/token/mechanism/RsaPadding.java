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
   * wrong with it: an attacker who asks often learns nothing but that something is.
   */
  Optional<byte[]> unpad(byte[] block);
}
