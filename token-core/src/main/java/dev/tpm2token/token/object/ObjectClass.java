package dev.tpm2token.token.object;

import java.util.Arrays;
import java.util.Optional;

/** The classes of object that a token of ours holds (CK_OBJECT_CLASS). */
public enum ObjectClass {
  CKO_DATA(0x0),
  CKO_CERTIFICATE(0x1),
  CKO_PUBLIC_KEY(0x2),
  CKO_PRIVATE_KEY(0x3),
  CKO_SECRET_KEY(0x4),
  CKO_MECHANISM(0x7),
  CKO_PROFILE(0x9),
  CKO_TRUST(0xB);

  private final long code;

  ObjectClass(long code) {
    this.code = code;
  }

  /** CK_OBJECT_CLASS. */
  public long code() {
    return code;
  }

  /** The class of that number, if a token of ours holds it. */
  public static Optional<ObjectClass> of(long code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
