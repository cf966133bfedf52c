package dev.tpm2token.token.attribute;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object's attributes: each value as the bytes that a Cryptoki client sees. Not changed once
 * made: {@link Builder} makes another.
 */
public final class Attributes {
  /** Attributes that hold nothing. */
  public static final Attributes NONE = new Attributes(new EnumMap<>(AttributeType.class));

  private final EnumMap<AttributeType, byte[]> values;

  private Attributes(EnumMap<AttributeType, byte[]> values) {
    this.values = values;
  }

  /** Starts from nothing. */
  public static Builder builder() {
    return new Builder(new EnumMap<>(AttributeType.class));
  }

  /** Starts from these. */
  public Builder toBuilder() {
    return new Builder(new EnumMap<>(values));
  }

  /** Which attributes there are. */
  public Set<AttributeType> types() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** The value's bytes, the caller's own copy. */
  public Optional<byte[]> get(AttributeType type) {
    return Optional.ofNullable(values.get(type)).map(byte[]::clone);
  }

  /** The value's bytes, or none at all where there is no such attribute. */
  public byte[] bytes(AttributeType type) {
    return get(type).orElseGet(() -> new byte[0]);
  }

  /** The value of a CK_BBOOL; an absent one is false. */
  public boolean isTrue(AttributeType type) {
    byte[] value = values.get(type);
    return value != null && value.length == 1 && value[0] != 0;
  }

  /** The value of a CK_ULONG, or {@code otherwise} where there is no such attribute. */
  public long number(AttributeType type, long otherwise) {
    byte[] value = values.get(type);
    return value == null || value.length != Long.BYTES
        ? otherwise
        : ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getLong();
  }

  /** The values of an array of CK_ULONG. */
  public long[] numbers(AttributeType type) {
    byte[] value = values.get(type);
    if (value == null) {
      return new long[0];
    }
    long[] numbers = new long[value.length / Long.BYTES];
    ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).asLongBuffer().get(numbers);
    return numbers;
  }

  /** Whether the attribute is there with exactly these bytes. */
  public boolean matches(AttributeType type, byte[] value) {
    byte[] mine = values.get(type);
    return mine != null && Arrays.equals(mine, value);
  }

  /** The template that an attribute holds, if there is such an attribute. */
  public Optional<Template> template(AttributeType type) {
    return Optional.ofNullable(values.get(type)).map(Template::decode);
  }

  /** Zeroes a value, when nobody reads these attributes any more: it is a part of a key. */
  public void erase(AttributeType type) {
    byte[] value = values.get(type);
    if (value != null) {
      Arrays.fill(value, (byte) 0);
    }
  }

  /** How many bytes the values take in all. */
  public int size() {
    return values.values().stream().mapToInt(value -> value.length).sum();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Attributes that
        && values.keySet().equals(that.values.keySet())
        && values.entrySet().stream().allMatch(e -> that.matches(e.getKey(), e.getValue()));
  }

  @Override
  public int hashCode() {
    return values.keySet().hashCode();
  }

  /** Names without values: some are nobody's business. */
  @Override
  public String toString() {
    return values.keySet().toString();
  }

  /** A CK_ULONG's bytes. */
  public static byte[] encode(long number) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(number).array();
  }

  /** The bytes of an array of CK_ULONG. */
  public static byte[] encode(long... numbers) {
    ByteBuffer buffer =
        ByteBuffer.allocate(numbers.length * Long.BYTES).order(ByteOrder.nativeOrder());
    buffer.asLongBuffer().put(numbers);
    return buffer.array();
  }

  /** A CK_BBOOL's byte. */
  public static byte[] encode(boolean value) {
    return new byte[] {(byte) (value ? 1 : 0)};
  }

  /** Collects values; a later one takes an earlier one's place. */
  public static final class Builder {
    private final EnumMap<AttributeType, byte[]> values;

    private Builder(EnumMap<AttributeType, byte[]> values) {
      this.values = values;
    }

    /** Sets bytes. */
    public Builder put(AttributeType type, byte[] value) {
      values.put(type, value.clone());
      return this;
    }

    /** Sets a CK_ULONG. */
    public Builder put(AttributeType type, long value) {
      return put(type, encode(value));
    }

    /** Sets a CK_BBOOL. */
    public Builder put(AttributeType type, boolean value) {
      return put(type, encode(value));
    }

    /** Sets UTF-8 text. */
    public Builder put(AttributeType type, String value) {
      return put(type, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Sets bytes unless the attribute is there already. */
    public Builder putIfAbsent(AttributeType type, byte[] value) {
      values.putIfAbsent(type, value.clone());
      return this;
    }

    /** Sets all of the others'. */
    public Builder putAll(Map<AttributeType, byte[]> others) {
      others.forEach(this::put);
      return this;
    }

    /** Whether the attribute has been set. */
    public boolean has(AttributeType type) {
      return values.containsKey(type);
    }

    /** Done. */
    public Attributes build() {
      return new Attributes(new EnumMap<>(values));
    }
  }
}
