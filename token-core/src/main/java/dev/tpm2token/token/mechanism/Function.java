package dev.tpm2token.token.mechanism;

/** What a mechanism can be used for: the flags of CK_MECHANISM_INFO (PKCS#11 3.1, table 5). */
public enum Function {
  ENCRYPT(0x100),
  DECRYPT(0x200),
  DIGEST(0x400),
  SIGN(0x800),
  SIGN_RECOVER(0x1000),
  VERIFY(0x2000),
  VERIFY_RECOVER(0x4000),
  GENERATE(0x8000),
  GENERATE_KEY_PAIR(0x10000),
  WRAP(0x20000),
  UNWRAP(0x40000),
  DERIVE(0x80000),
  MESSAGE_ENCRYPT(0x2),
  MESSAGE_DECRYPT(0x4),
  MESSAGE_SIGN(0x8),
  MESSAGE_VERIFY(0x10),
  ENCAPSULATE(0x1000_0000),
  DECAPSULATE(0x2000_0000);

  private final long flag;

  Function(long flag) {
    this.flag = flag;
  }

  /** The CKF_ bit. */
  public long flag() {
    return flag;
  }
}
