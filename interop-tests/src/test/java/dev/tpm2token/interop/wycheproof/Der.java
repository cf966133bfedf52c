package dev.tpm2token.interop.wycheproof;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** As much DER as the vectors' keys and signatures have. */
final class Der {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int SEQUENCE = 0x30;

  private Der() {}

  /** A value of this tag and content. */
  static byte[] value(int tag, byte[]... content) {
    int length = Arrays.stream(content).mapToInt(part -> part.length).sum();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length > 0xff) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length > 0x7f) {
      out.write(0x81);
    }
    out.write(length);
    for (byte[] part : content) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /**
   * The r and s of an ECDSA-Sig-Value, each in so many bytes, as Cryptoki has them; nothing where
   * it is no such thing in DER, or one of them is negative or longer.
   */
  static Optional<byte[]> rAndS(byte[] signature, int length) {
    int start = signature.length > 2 && signature[1] == (byte) 0x81 ? 3 : 2;
    Optional<BigInteger> r = integer(signature, start);
    Optional<BigInteger> s = r.flatMap(first -> integer(signature, start + encoded(first).length));
    if (s.isEmpty()
        || !Arrays.equals(signature, value(SEQUENCE, encoded(r.get()), encoded(s.get())))
        || !fits(r.get(), length)
        || !fits(s.get(), length)) {
      return Optional.empty();
    }
    byte[] both = new byte[2 * length];
    put(r.get(), both, length);
    put(s.get(), both, 2 * length);
    return Optional.of(both);
  }

  private static Optional<BigInteger> integer(byte[] from, int start) {
    if (from.length < start + 3
        || from[start + 1] < 1
        || from.length < start + 2 + from[start + 1]) {
      return Optional.empty();
    }
    return Optional.of(
        new BigInteger(Arrays.copyOfRange(from, start + 2, start + 2 + from[start + 1])));
  }

  private static byte[] encoded(BigInteger number) {
    return value(INTEGER, number.toByteArray());
  }

  private static boolean fits(BigInteger number, int length) {
    return number.signum() >= 0 && number.bitLength() <= 8 * length;
  }

  private static void put(BigInteger number, byte[] into, int end) {
    byte[] bytes = number.toByteArray();
    int sign = bytes[0] == 0 && bytes.length > 1 ? 1 : 0;
    System.arraycopy(bytes, sign, into, end - (bytes.length - sign), bytes.length - sign);
  }
}
