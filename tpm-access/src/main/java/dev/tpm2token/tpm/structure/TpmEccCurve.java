package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.Optional;

/** TPM_ECC_CURVE: Part 2, 6.4. */
public enum TpmEccCurve implements TpmStructure {
  NIST_P192(0x0001, 192),
  NIST_P224(0x0002, 224),
  NIST_P256(0x0003, 256),
  NIST_P384(0x0004, 384),
  NIST_P521(0x0005, 521),
  BN_P256(0x0010, 256),
  BN_P638(0x0011, 638),
  SM2_P256(0x0020, 256);

  private final int value;
  private final int bits;

  TpmEccCurve(int value, int bits) {
    this.value = value;
    this.bits = bits;
  }

  public int value() {
    return value;
  }

  /** The length of a coordinate in bits. */
  public int bits() {
    return bits;
  }

  public static Optional<TpmEccCurve> of(int value) {
    for (TpmEccCurve curve : values()) {
      if (curve.value == value) {
        return Optional.of(curve);
      }
    }
    return Optional.empty();
  }

  @Override
  public void write(TpmWriter w) {
    w.u16(value);
  }

  public static TpmEccCurve read(TpmReader r) {
    int value = r.u16();
    return of(value)
        .orElseThrow(() -> new TpmProtocolException("curve 0x%04X is unknown".formatted(value)));
  }
}
