package dev.tpm2token.tpm.wire;

import dev.tpm2token.tpm.TpmProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Reads the Library's types, big-endian. What is too short, too long or not what it should be is a
 * {@link TpmProtocolException}, and nothing else is thrown.
 */
public final class TpmReader {
  private final byte[] buffer;
  private int position;
  private final int end;

  public TpmReader(byte[] buffer) {
    this(buffer, 0, buffer.length);
  }

  private TpmReader(byte[] buffer, int position, int end) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
  }

  /** Reads all of {@code bytes} as one structure. */
  public static <T> T readAll(byte[] bytes, Function<TpmReader, T> structure) {
    TpmReader r = new TpmReader(bytes);
    T value = structure.apply(r);
    r.end();
    return value;
  }

  public int u8() {
    need(1);
    return buffer[position++] & 0xFF;
  }

  public int u16() {
    return u8() << 8 | u8();
  }

  public int u32() {
    return u16() << 16 | u16();
  }

  public long u64() {
    return (long) u32() << 32 | Integer.toUnsignedLong(u32());
  }

  public byte[] bytes(int count) {
    need(count);
    position += count;
    return Arrays.copyOfRange(buffer, position - count, position);
  }

  public byte[] tpm2b() {
    return bytes(u16());
  }

  /** A TPM2B that holds exactly one structure. */
  public <T> T sized(Function<TpmReader, T> structure) {
    int size = u16();
    need(size);
    TpmReader inner = new TpmReader(buffer, position, position + size);
    position += size;
    T value = structure.apply(inner);
    inner.end();
    return value;
  }

  public <T> List<T> list(Function<TpmReader, T> element) {
    int count = u32();
    if (count < 0 || count > remaining()) { // no element is shorter than a byte
      throw new TpmProtocolException("a list of " + Integer.toUnsignedString(count) + " elements");
    }
    List<T> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(element.apply(this));
    }
    return List.copyOf(values);
  }

  public int remaining() {
    return end - position;
  }

  /** Says that nothing may follow. */
  public void end() {
    if (remaining() != 0) {
      throw new TpmProtocolException(remaining() + " bytes too many");
    }
  }

  private void need(int count) {
    if (count < 0 || count > remaining()) {
      throw new TpmProtocolException(count + " bytes wanted, " + remaining() + " left");
    }
  }
}
