package dev.tpm2token.tpm.session;

import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.TpmAlgId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The Library's two key derivation functions: Part 1, 11.4.10. */
public final class Kdf {
  private Kdf() {}

  /** KDFa: SP 800-108 in counter mode with HMAC. The label is written with a zero byte after it. */
  public static byte[] a(
      TpmAlgId hash, byte[] key, String label, byte[] contextU, byte[] contextV, int bits) {
    byte[] size = u32(bits);
    return blocks(
        hash,
        bits,
        counter -> Hash.hmac(hash, key, counter, label(label), contextU, contextV, size));
  }

  /** KDFe: SP 800-56A's concatenation with a hash, for what ECDH agreed on. */
  public static byte[] e(
      TpmAlgId hash, byte[] z, String use, byte[] partyU, byte[] partyV, int bits) {
    return blocks(hash, bits, counter -> Hash.of(hash, counter, z, label(use), partyU, partyV));
  }

  @FunctionalInterface
  private interface Block {
    byte[] of(byte[] counter);
  }

  private static byte[] blocks(TpmAlgId hash, int bits, Block block) {
    byte[] result = new byte[(bits + 7) / 8];
    int length = hash.digestLength();
    for (int i = 0; i * length < result.length; i++) {
      byte[] output = block.of(u32(i + 1));
      System.arraycopy(output, 0, result, i * length, Math.min(length, result.length - i * length));
      Arrays.fill(output, (byte) 0);
    }
    if (bits % 8 != 0) { // the excess bits are the first byte's high ones
      result[0] &= (byte) ((1 << bits % 8) - 1);
    }
    return result;
  }

  private static byte[] label(String label) {
    return (label + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] u32(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }
}
