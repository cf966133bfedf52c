package dev.tpm2token.token.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealingTest {
  private static final byte[] TEXT = "private".getBytes(StandardCharsets.US_ASCII);

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 32, 64, 65, 200})
  void hkdfIsThatOfTheRfc(int length) {
    byte[] secret = bytes(length, 3);
    byte[] salt = bytes(length, 7);
    HKDFBytesGenerator theirs = new HKDFBytesGenerator(new SHA256Digest());
    theirs.init(new HKDFParameters(secret, salt, TEXT));
    byte[] expected = new byte[32];
    theirs.generateBytes(expected, 0, expected.length);
    assertArrayEquals(expected, Sealing.hkdf(secret, salt, "private"));
  }

  private static byte[] bytes(int length, int step) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * step + 1);
    }
    return bytes;
  }

  @Test
  void onlyItsKeyAtItsPlaceOpensIt() {
    try (Secret key = Secret.taking(bytes(32, 5));
        Secret other = Secret.taking(bytes(32, 6))) {
      byte[] sealed = Sealing.seal(key, "here", TEXT, new SecureRandom());
      assertArrayEquals(TEXT, Sealing.open(key, "here", sealed).orElseThrow());
      assertTrue(Sealing.open(key, "there", sealed).isEmpty());
      assertTrue(Sealing.open(other, "here", sealed).isEmpty());
      sealed[sealed.length - 1] ^= 1;
      assertTrue(Sealing.open(key, "here", sealed).isEmpty());
    }
  }
}
