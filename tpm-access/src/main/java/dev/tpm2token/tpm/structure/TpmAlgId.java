package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.Optional;

/** TPM_ALG_ID: Part 2, 6.3. Algorithms that are not listed are of no use to us. */
public enum TpmAlgId implements TpmStructure {
  RSA(0x0001),
  TDES(0x0003),
  SHA1(0x0004, 20),
  HMAC(0x0005),
  AES(0x0006),
  MGF1(0x0007),
  KEYEDHASH(0x0008),
  XOR(0x000A),
  SHA256(0x000B, 32),
  SHA384(0x000C, 48),
  SHA512(0x000D, 64),
  NULL(0x0010),
  SM3_256(0x0012, 32),
  SM4(0x0013),
  RSASSA(0x0014),
  RSAES(0x0015),
  RSAPSS(0x0016),
  OAEP(0x0017),
  ECDSA(0x0018),
  ECDH(0x0019),
  ECDAA(0x001A),
  SM2(0x001B),
  ECSCHNORR(0x001C),
  ECMQV(0x001D),
  KDF1_SP800_56A(0x0020),
  KDF2(0x0021),
  KDF1_SP800_108(0x0022),
  ECC(0x0023),
  SYMCIPHER(0x0025),
  CAMELLIA(0x0026),
  SHA3_256(0x0027, 32),
  SHA3_384(0x0028, 48),
  SHA3_512(0x0029, 64),
  CMAC(0x003F),
  CTR(0x0040),
  OFB(0x0041),
  CBC(0x0042),
  CFB(0x0043),
  ECB(0x0044);

  private final int value;
  private final int digestLength;

  TpmAlgId(int value) {
    this(value, 0);
  }

  TpmAlgId(int value, int digestLength) {
    this.value = value;
    this.digestLength = digestLength;
  }

  public int value() {
    return value;
  }

  public boolean isHash() {
    return digestLength > 0;
  }

  /** In bytes; 0 where this is not a hash. */
  public int digestLength() {
    return digestLength;
  }

  public static Optional<TpmAlgId> of(int value) {
    for (TpmAlgId algorithm : values()) {
      if (algorithm.value == value) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  @Override
  public void write(TpmWriter w) {
    w.u16(value);
  }

  public static TpmAlgId read(TpmReader r) {
    int value = r.u16();
    return of(value)
        .orElseThrow(
            () -> new TpmProtocolException("algorithm 0x%04X is unknown".formatted(value)));
  }
}
