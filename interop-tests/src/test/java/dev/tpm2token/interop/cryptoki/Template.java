package dev.tpm2token.interop.cryptoki;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/** An array of CK_ATTRIBUTE: three CK_ULONG each, for type, address and length. */
public final class Template {
  private static final int SIZE = 24;

  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  private record Attribute(long type, byte[] value, @Nullable Template nested) {}

  private final List<Attribute> attributes = new ArrayList<>();
  private final List<Pointer> laidOut = new ArrayList<>();

  /** One with nothing in it. */
  public static Template of() {
    return new Template();
  }

  /** Adds a CK_ULONG. */
  public Template with(long type, long value) {
    return with(type, ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(value).array());
  }

  /** Adds a CK_BBOOL. */
  public Template with(long type, boolean value) {
    return with(type, new byte[] {(byte) (value ? 1 : 0)});
  }

  /** Adds a string in UTF-8. */
  public Template with(long type, String value) {
    return with(type, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds bytes. */
  public Template with(long type, byte[] value) {
    attributes.add(new Attribute(type, value, null));
    return this;
  }

  /** Adds a template. */
  public Template with(long type, Template nested) {
    attributes.add(new Attribute(type, new byte[0], nested));
    return this;
  }

  /** How many attributes it has. */
  public int count() {
    return attributes.size();
  }

  /** Laid out in one piece of memory: the structures first, the values behind them. */
  Pointer layOut(Runtime runtime) {
    int values = attributes.stream().mapToInt(attribute -> attribute.value().length).sum();
    Pointer memory = Memory.allocateDirect(runtime, Math.max(1, SIZE * count() + values));
    int entry = 0;
    int at = SIZE * count();
    for (Attribute attribute : attributes) {
      byte[] value = attribute.value();
      memory.put(at, value, 0, value.length);
      memory.putLong(entry, attribute.type());
      memory.putLong(entry + 8, memory.address() + at);
      memory.putLong(entry + 16, value.length);
      Template nested = attribute.nested();
      if (nested != null) {
        Pointer inner = nested.layOut(runtime);
        laidOut.add(inner);
        memory.putLong(entry + 8, inner.address());
        memory.putLong(entry + 16, (long) SIZE * nested.count());
      }
      entry += SIZE;
      at += value.length;
    }
    return memory;
  }
}
