package dev.tpm2token.shim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fills a C structure field after field, each at its natural alignment, as C on LP64 lays them out.
 */
final class Struct {
  private final long start;
  private int offset;

  /** The structure at an address that is not NULL. */
  Struct(long address) {
    this.start = NativeMemory.required(address);
  }

  /** A field of characters, padded with blanks and not terminated. */
  Struct text(String text, int length) {
    byte[] field = new byte[length];
    Arrays.fill(field, (byte) ' ');
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, field, 0, whole(bytes, length));
    NativeMemory.write(start + offset, field);
    offset += length;
    return this;
  }

  /** As many bytes as make whole characters. */
  private static int whole(byte[] utf8, int length) {
    int end = Math.min(utf8.length, length);
    while (end > 0 && end < utf8.length && (utf8[end] & 0xc0) == 0x80) {
      end--;
    }
    return end;
  }

  /** A CK_ULONG. */
  Struct ulong(long value) {
    offset = (offset + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    NativeMemory.writeUlong(start + offset, value);
    offset += Long.BYTES;
    return this;
  }

  /** A CK_VERSION. */
  Struct version(int major, int minor) {
    NativeMemory.writeByte(start + offset, (byte) major);
    NativeMemory.writeByte(start + offset + 1, (byte) minor);
    offset += 2;
    return this;
  }
}
