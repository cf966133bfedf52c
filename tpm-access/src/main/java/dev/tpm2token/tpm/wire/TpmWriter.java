package dev.tpm2token.tpm.wire;

import java.util.Arrays;
import java.util.List;

/** Writes the Library's types, big-endian. Closing it zeroes what it held. */
public final class TpmWriter implements AutoCloseable {
  private static final int MAX_SIZED = 0xFFFF;

  private byte[] buffer = new byte[256];
  private int size;

  public TpmWriter u8(int value) {
    room(1);
    buffer[size++] = (byte) value;
    return this;
  }

  public TpmWriter u16(int value) {
    return u8(value >> 8).u8(value);
  }

  public TpmWriter u32(int value) {
    return u16(value >> 16).u16(value);
  }

  public TpmWriter u64(long value) {
    return u32((int) (value >> 32)).u32((int) value);
  }

  public TpmWriter bytes(byte[] value) {
    room(value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
    return this;
  }

  /** A TPM2B of bytes: a 16-bit length before them. */
  public TpmWriter tpm2b(byte[] value) {
    if (value.length > MAX_SIZED) {
      throw new IllegalArgumentException("a TPM2B of " + value.length + " bytes");
    }
    return u16(value.length).bytes(value);
  }

  /** A TPM2B of a structure. */
  public TpmWriter sized(TpmStructure value) {
    int start = size;
    u16(0);
    value.write(this);
    int length = size - start - 2;
    if (length > MAX_SIZED) {
      throw new IllegalArgumentException("a TPM2B of " + length + " bytes");
    }
    buffer[start] = (byte) (length >> 8);
    buffer[start + 1] = (byte) length;
    return this;
  }

  /** A TPML: a 32-bit count before the elements. */
  public TpmWriter list(List<? extends TpmStructure> values) {
    u32(values.size());
    values.forEach(value -> value.write(this));
    return this;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  @Override
  public void close() {
    Arrays.fill(buffer, (byte) 0);
    size = 0;
  }

  private void room(int more) {
    if (size + more > buffer.length) {
      byte[] larger = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
      Arrays.fill(buffer, (byte) 0);
      buffer = larger;
    }
  }
}
