package dev.tpm2token.token.attribute;

/** How the bytes of an attribute's value are to be read (PKCS#11 3.1, table 10 and section 2). */
public enum Kind {
  /** CK_BBOOL: one byte, 0 or 1. */
  BOOL,
  /** CK_ULONG: eight bytes, the machine's byte order. */
  ULONG,
  /** An array of CK_ULONG, such as mechanism types. */
  ULONGS,
  /** Bytes of any length. */
  BYTES,
  /** UTF-8 without a terminating NUL. */
  TEXT,
  /** CK_DATE: eight ASCII digits, YYYYMMDD, or empty. */
  DATE,
  /** A CK_ATTRIBUTE array, in {@link Template#encode}'s form. */
  TEMPLATE;

  /** Whether a value of so many bytes can be of this kind. */
  public boolean fits(int length) {
    return switch (this) {
      case BOOL -> length == 1;
      case ULONG -> length == Long.BYTES;
      case ULONGS -> length % Long.BYTES == 0;
      case DATE -> length == 0 || length == 8;
      case BYTES, TEXT, TEMPLATE -> true;
    };
  }
}
