package dev.tpm2token.token.crypto;

import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.TpmAlgId;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Encryption of what is private in the store: AES-256-GCM under a key derived from the token key,
 * bound to the place that the text belongs to, so that texts cannot be changed, nor exchanged for
 * one another. Form: 12 bytes of nonce, the encrypted text, 16 bytes of tag.
 */
public final class Sealing {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private Sealing() {}

  /**
   * HKDF with SHA-256 (RFC 5869), one block of it. Bouncy Castle's keeps copies of the secret that
   * nobody can zero.
   *
   * @return 32 bytes, the caller's to zero
   */
  public static byte[] hkdf(byte[] secret, byte[] salt, String purpose) {
    byte[] prk = Hash.hmac(TpmAlgId.SHA256, salt, secret);
    try {
      return Hash.hmac(
          TpmAlgId.SHA256, prk, purpose.getBytes(StandardCharsets.US_ASCII), new byte[] {1});
    } finally {
      Arrays.fill(prk, (byte) 0);
    }
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
    byte[] derived = hkdf(tokenKey, new byte[0], "tpm2-token object");
    KeyParameter key = new KeyParameter(derived);
    try {
      GCMModeCipher cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
      cipher.init(
          encrypting,
          new AEADParameters(key, TAG_BITS, nonce, place.getBytes(StandardCharsets.UTF_8)));
      int done = cipher.processBytes(in, inOffset, inLength, out, outOffset);
      cipher.doFinal(out, outOffset + done);
      return true;
    } catch (InvalidCipherTextException e) {
      Arrays.fill(out, (byte) 0);
      return false;
    } finally {
      Arrays.fill(derived, (byte) 0);
      Arrays.fill(key.getKey(), (byte) 0);
    }
  }
}
