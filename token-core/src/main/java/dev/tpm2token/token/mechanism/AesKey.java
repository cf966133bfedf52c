package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.device.TokenDevice;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.Mac;
import org.bouncycastle.crypto.params.KeyParameter;

/** An AES key, wherever it is, as modes are built of it. */
interface AesKey extends AutoCloseable {
  /** The cipher, a block at a time; it is initialised with {@link #parameter}. */
  BlockCipher blocks();

  /** The same for what goes through a counter's values one after the other. */
  BlockCipher counters();

  /** What {@link #blocks} and {@link #counters} are initialised with. */
  KeyParameter parameter();

  /**
   * Begins in a mode that needs nothing but the key and an IV: ECB, CBC, CBC_PAD, CFB128 or OFB.
   *
   * @param iv none for ECB
   */
  CipherOperation start(AesMode mode, boolean encrypting, byte[] iv);

  /** AES-CMAC (RFC 4493), ready for data. */
  Mac cmac();

  /** The operation that uses it is over. */
  @Override
  void close();

  /** The AES key that an operation begins with. */
  static AesKey of(TokenDevice device, Operations.Key key) {
    return switch (key) {
      case Operations.Key.Symmetric(var secret) -> new SoftwareAes(secret);
      case Operations.Key.TpmSecret(var inUse) -> new TpmAes(device.secretKeys(), inUse);
      default -> throw new IllegalArgumentException("not a secret key");
    };
  }
}
