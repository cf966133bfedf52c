package dev.tpm2token.token.crypto;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Encryption of what is private in the store: AES-256-GCM under a key derived from the token key,
 * bound to the place that the text belongs to, so that texts cannot be changed, nor exchanged for
 * one another. Form: 12 bytes of nonce, the encrypted text, 16 bytes of tag.
 */
public final class Sealing {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY_BYTES = 32;

  private Sealing() {}

  /**
   * HKDF with SHA-256 (RFC 5869).
   *
   * @return 32 bytes, the caller's to zero
   */
  public static byte[] hkdf(byte[] secret, byte[] salt, String purpose) {
    HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
    generator.init(new HKDFParameters(secret, salt, purpose.getBytes(StandardCharsets.US_ASCII)));
    byte[] key = new byte[KEY_BYTES];
    generator.generateBytes(key, 0, key.length);
    return key;
  }

  /** Encrypts and binds to a place. */
  public static byte[] seal(Secret tokenKey, String place, byte[] text, SecureRandom random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return tokenKey.use(
        key -> {
          byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + text.length + TAG_BITS / 8);
          run(true, key, nonce, place, text, 0, text.length, sealed, NONCE_BYTES);
          return sealed;
        });
  }

  /** Decrypts; empty where the text was not sealed by {@link #seal} with this key and place. */
  public static Optional<byte[]> open(Secret tokenKey, String place, byte[] sealed) {
    int length = sealed.length - NONCE_BYTES - TAG_BITS / 8;
    if (length < 0) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
    byte[] text = new byte[length];
    return tokenKey.use(
        key ->
            run(false, key, nonce, place, sealed, NONCE_BYTES, sealed.length - NONCE_BYTES, text, 0)
                ? Optional.of(text)
                : Optional.empty());
  }

  @SuppressWarnings("TooManyParameters") // one cipher, two directions, no copies of secrets
  private static boolean run(
      boolean encrypting,
      byte[] tokenKey,
      byte[] nonce,
      String place,
      byte[] in,
      int inOffset,
      int inLength,
      byte[] out,
      int outOffset) {
    byte[] key = hkdf(tokenKey, new byte[0], "tpm2-token object");
    try {
      GCMModeCipher cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
      cipher.init(
          encrypting,
          new AEADParameters(
              new KeyParameter(key), TAG_BITS, nonce, place.getBytes(StandardCharsets.UTF_8)));
      int done = cipher.processBytes(in, inOffset, inLength, out, outOffset);
      cipher.doFinal(out, outOffset + done);
      return true;
    } catch (InvalidCipherTextException e) {
      Arrays.fill(out, (byte) 0);
      return false;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
