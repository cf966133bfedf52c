package dev.tpm2token.cli.key;

import java.util.HexFormat;
import java.util.Optional;

/** CKA_ID as people write it: octets in hex. */
final class KeyId {
  private KeyId() {}

  static Optional<byte[]> parse(String hex) {
    try {
      byte[] id = HexFormat.of().parseHex(hex.replace(":", ""));
      return id.length > 0 ? Optional.of(id) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
