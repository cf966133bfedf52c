package dev.tpm2token.token.attribute;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

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

  /** Whether a value can be of this kind. */
  public boolean fits(byte[] value) {
    return switch (this) {
      case BOOL -> value.length == 1;
      case ULONG -> value.length == Long.BYTES;
      case ULONGS -> value.length % Long.BYTES == 0;
      case DATE -> value.length == 0 || isDate(new String(value, StandardCharsets.US_ASCII));
      case BYTES, TEXT, TEMPLATE -> true;
    };
  }

  private static boolean isDate(String text) {
    try {
      return LocalDate.parse(text, DateTimeFormatter.BASIC_ISO_DATE).getYear() > 0
          && text.length() == 8;
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
