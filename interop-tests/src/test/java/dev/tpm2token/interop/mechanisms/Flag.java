package dev.tpm2token.interop.mechanisms;

import java.util.EnumSet;
import java.util.Set;

/** The flags of CK_MECHANISM_INFO, by their own names. */
enum Flag {
  HW(0x1),
  MESSAGE_ENCRYPT(0x2),
  MESSAGE_DECRYPT(0x4),
  MESSAGE_SIGN(0x8),
  MESSAGE_VERIFY(0x10),
  MULTI_MESSAGE(0x20),
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
  EC_F_P(0x100000),
  EC_NAMEDCURVE(0x800000),
  EC_UNCOMPRESS(0x1000000),
  ENCAPSULATE(0x10000000),
  DECAPSULATE(0x20000000);

  private final long bit;

  Flag(long bit) {
    this.bit = bit;
  }

  /** Those that are set, each of which must have a name here. */
  static Set<Flag> of(long flags) {
    Set<Flag> set = EnumSet.noneOf(Flag.class);
    long rest = flags;
    for (Flag flag : values()) {
      if ((flags & flag.bit) != 0) {
        set.add(flag);
        rest &= ~flag.bit;
      }
    }
    if (rest != 0) {
      throw new AssertionError("a flag without a case: 0x%x".formatted(rest));
    }
    return set;
  }
}
