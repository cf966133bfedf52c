package dev.tpm2token.interop.wycheproof;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The curves that TPMs have and the module knows. */
enum Curve {
  SECP256R1("P-256", 32, "06082a8648ce3d030107"),
  SECP384R1("P-384", 48, "06052b81040022"),
  SECP521R1("P-521", 66, "06052b81040023");

  /** The OID id-ecPublicKey. */
  private static final byte[] EC_PUBLIC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");

  private final String nist;
  private final int bytes;
  private final String parameters;

  Curve(String nist, int bytes, String parameters) {
    this.nist = nist;
    this.bytes = bytes;
    this.parameters = parameters;
  }

  /** By SEC 2's name or by NIST's. */
  static Curve of(String name) {
    return Arrays.stream(values())
        .filter(curve -> curve.nist.equals(name) || curve.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("a curve " + name));
  }

  /** Bytes of a coordinate, and of each half of a signature. */
  int bytes() {
    return bytes;
  }

  /** The curve's OID in DER. */
  byte[] parameters() {
    return HexFormat.of().parseHex(parameters);
  }

  /**
   * The point in a SubjectPublicKeyInfo of this curve; nothing where that is of another curve, or
   * is none in DER.
   */
  Optional<byte[]> point(byte[] subjectPublicKeyInfo) {
    for (int start = 0; start <= subjectPublicKeyInfo.length; start++) {
      byte[] point = Arrays.copyOfRange(subjectPublicKeyInfo, start, subjectPublicKeyInfo.length);
      if (Arrays.equals(subjectPublicKeyInfo(point), subjectPublicKeyInfo)) {
        return Optional.of(point);
      }
    }
    return Optional.empty();
  }

  private byte[] subjectPublicKeyInfo(byte[] point) {
    byte[] algorithm = Der.value(Der.SEQUENCE, EC_PUBLIC_KEY, parameters());
    return Der.value(Der.SEQUENCE, algorithm, Der.value(Der.BIT_STRING, new byte[1], point));
  }
}
