package dev.tpm2token.cli;

import java.util.HexFormat;
import java.util.Optional;

/** CKA_ID as people write it: octets in hex. */
public final class HexId {
  private HexId() {}

  /** What to say of what is none. */
  public static final String WRONG = "--id wants octets in hex, such as 0a1b";

  /** The octets, if these are any. */
  public static Optional<byte[]> parse(String hex) {
    try {
      byte[] id = HexFormat.of().parseHex(hex.replace(":", ""));
      return id.length > 0 ? Optional.of(id) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
