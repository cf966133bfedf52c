package dev.tpm2token.interop.mechanisms;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** What goes in on both sides. */
final class Given {
  /** SP 800-38B's example of four blocks, with its key and its CMAC. */
  static final byte[] DATA =
      HexFormat.of()
          .parseHex(
              "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                  + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");

  static final byte[] AES_KEY = HexFormat.of().parseHex("2b7e151628aed2a6abf7158809cf4f3c");
  static final byte[] CMAC = HexFormat.of().parseHex("51f0bebf7e3b9d92fc49741779363cfe");
  static final byte[] MAC_KEY = Arrays.copyOf(DATA, 32);
  static final byte[] IV = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
  static final byte[] LABEL = "any label".getBytes(StandardCharsets.US_ASCII);
  static final byte[] ASSOCIATED = "associated data".getBytes(StandardCharsets.US_ASCII);
  static final int TAG_BITS = 96;
  static final int SALT = 17;

  /** A key that is wrapped: whole blocks for all, and one that wants padding. */
  static final byte[] VALUE = Arrays.copyOfRange(DATA, 16, 48);

  static final byte[] ODD_VALUE = Arrays.copyOfRange(DATA, 3, 24);

  private Given() {}

  /**
   * How ECDH's secret becomes a key.
   *
   * @param hash CKD_NULL where there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  record Derivation(Optional<Hash> hash, byte[] sharedData) {
    static final Derivation NULL = new Derivation(Optional.empty(), new byte[0]);

    static Derivation of(Hash hash) {
      return new Derivation(Optional.of(hash), ASSOCIATED);
    }

    /** CKD_… */
    long kdf() {
      return hash.isPresent() ? hash.get().kdf : 1;
    }
  }

  /** What is enciphered in a mode: a whole number of blocks only where that must be. */
  static byte[] text(Mechanism mechanism) {
    return switch (mechanism.kind()) {
      case AES_ECB, AES_CBC -> DATA;
      default -> Arrays.copyOf(DATA, 53);
    };
  }

  /** Whether zeros or padding and then DATA are here. */
  static boolean endsWithData(byte[] bytes) {
    int start = bytes.length - DATA.length;
    return start >= 0
        && Arrays.equals(bytes, start, bytes.length, DATA, 0, DATA.length)
        && (start == 0 || bytes[start - 1] == 0);
  }

  static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** The same with a bit of it turned over. */
  static byte[] spoilt(byte[] bytes) {
    byte[] spoilt = bytes.clone();
    spoilt[bytes.length / 2] ^= 1;
    return spoilt;
  }
}
