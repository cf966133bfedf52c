package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.TokenDevice;
import java.util.Arrays;
import java.util.Optional;

/** RSAES-PKCS1-v1_5 (RFC 8017, section 7.2; PKCS#11 3.1, 6.1.6): 00 02, no zeros, 00, the text. */
final class Pkcs1Padding implements RsaPadding {
  private static final int LEAST_PADDING = 11;

  @Override
  public int longest(PublicKey key) {
    return key.signatureLength() - LEAST_PADDING;
  }

  @Override
  public byte[] pad(TokenDevice device, PublicKey key, byte[] text) {
    byte[] block = new byte[key.signatureLength()];
    int end = block.length - text.length - 1;
    block[1] = 2;
    byte[] noise = device.salt(end - 2);
    for (int i = 0; i < noise.length; i++) {
      while (noise[i] == 0) {
        noise[i] = device.salt(1)[0];
      }
    }
    System.arraycopy(noise, 0, block, 2, noise.length);
    System.arraycopy(text, 0, block, end + 1, text.length);
    return block;
  }

  @Override
  public Optional<byte[]> unpad(byte[] block) {
    int wrong = block[0] | (block[1] ^ 2);
    int separator = 0; // where the first zero from the third byte on is
    int found = 0; // all ones once it has been seen
    for (int i = 2; i < block.length; i++) {
      int zero = isZero(block[i] & 0xff);
      separator |= i & zero & ~found;
      found |= zero;
    }
    wrong |= ~found;
    wrong |= (separator - (LEAST_PADDING - 1)) >> (Integer.SIZE - 1);
    return wrong == 0
        ? Optional.of(Arrays.copyOfRange(block, separator + 1, block.length))
        : Optional.empty();
  }

  /** All ones for 0, no ones for 1 to 255. */
  static int isZero(int value) {
    return (value - 1) >> (Integer.SIZE - 1);
  }
}
