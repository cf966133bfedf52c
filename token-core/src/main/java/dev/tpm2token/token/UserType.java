package dev.tpm2token.token;

import java.util.Arrays;
import java.util.Optional;

/** CK_USER_TYPE. */
public enum UserType {
  CKU_SO(0),
  CKU_USER(1),
  CKU_CONTEXT_SPECIFIC(2);

  private final long code;

  UserType(long code) {
    this.code = code;
  }

  /** The type of that number. */
  public static Optional<UserType> of(long code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
