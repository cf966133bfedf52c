package dev.tpm2token.token.object;

import java.util.Arrays;
import java.util.Optional;

/** The types of key that a token of ours holds (CK_KEY_TYPE). */
public enum KeyType {
  CKK_RSA(0x0),
  CKK_EC(0x3),
  CKK_GENERIC_SECRET(0x10),
  CKK_AES(0x1F);

  private final long code;

  KeyType(long code) {
    this.code = code;
  }

  /** CK_KEY_TYPE. */
  public long code() {
    return code;
  }

  /** The type of that number, if a token of ours holds it. */
  public static Optional<KeyType> of(long code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
