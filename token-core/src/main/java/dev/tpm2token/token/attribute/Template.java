package dev.tpm2token.token.attribute;

import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_TYPE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCONSISTENT;

import dev.tpm2token.token.CryptokiException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/** What a client asks of an object: CK_ATTRIBUTE entries, out of C memory already. */
public final class Template {
  /** One CK_ATTRIBUTE: its number, which may be unknown to us, and its bytes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never printed
  public record Entry(long type, byte[] value) {}

  private static final int HEADER = Long.BYTES + Integer.BYTES;

  private final List<Entry> entries;

  /** A template of these entries. */
  public Template(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** A template of attributes. */
  public static Template of(Attributes attributes) {
    List<Entry> entries = new ArrayList<>();
    for (AttributeType type : attributes.types()) {
      entries.add(new Entry(type.code(), attributes.bytes(type)));
    }
    return new Template(entries);
  }

  /**
   * The template that an attribute of its own kind holds.
   *
   * @throws CryptokiException CKR_ATTRIBUTE_VALUE_INVALID for what {@link #encode} did not make
   */
  public static Template decode(byte[] encoded) {
    List<Entry> entries = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(encoded);
    try {
      while (buffer.hasRemaining()) {
        long type = buffer.getLong();
        byte[] value = new byte[Math.min(buffer.remaining(), buffer.getInt())];
        buffer.get(value);
        entries.add(new Entry(type, value));
      }
    } catch (BufferUnderflowException | NegativeArraySizeException e) {
      throw new CryptokiException(CKR_ATTRIBUTE_VALUE_INVALID, "that is no template", e);
    }
    return new Template(entries);
  }

  /** As the value of an attribute that holds a template: the entries in their order. */
  public byte[] encode() {
    int length = entries.stream().mapToInt(entry -> HEADER + entry.value().length).sum();
    ByteBuffer buffer = ByteBuffer.allocate(length);
    entries.forEach(
        entry -> buffer.putLong(entry.type()).putInt(entry.value().length).put(entry.value()));
    return buffer.array();
  }

  /** The entries in their order. */
  public List<Entry> entries() {
    return entries;
  }

  /**
   * These entries and those.
   *
   * @throws CryptokiException CKR_TEMPLATE_INCONSISTENT where they say different things
   */
  public Template and(Template more) {
    Map<AttributeType, byte[]> mine = values();
    List<Entry> all = new ArrayList<>(entries);
    more.values()
        .forEach(
            (type, value) -> {
              byte[] given = mine.get(type);
              if (given == null) {
                all.add(new Entry(type.code(), value));
              } else if (!Arrays.equals(given, value)) {
                throw new CryptokiException(
                    CKR_TEMPLATE_INCONSISTENT, "the key's template says another " + type);
              }
            });
    return new Template(all);
  }

  /** Zeroes the values, when they have been used: some may be a key. */
  public void erase() {
    entries.forEach(entry -> Arrays.fill(entry.value(), (byte) 0));
  }

  /** Whether it asks nothing. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Whether an object with these attributes is what a search with this template looks for. */
  public boolean matches(Attributes attributes) {
    for (Entry entry : entries) {
      AttributeType type = AttributeType.of(entry.type()).orElse(null);
      if (type == null || !attributes.matches(type, entry.value())) {
        return false;
      }
    }
    return true;
  }

  /** Whether it says what an attribute shall be. */
  public boolean has(AttributeType type) {
    return entries.stream().anyMatch(entry -> entry.type() == type.code());
  }

  /** The CK_ULONG that the template gives for an attribute, if it does and it is one. */
  public OptionalLong number(AttributeType type) {
    return entries.stream()
        .filter(entry -> entry.type() == type.code() && entry.value().length == Long.BYTES)
        .mapToLong(entry -> Attributes.builder().put(type, entry.value()).build().number(type, 0))
        .findFirst();
  }

  /**
   * The entries by attribute, for making or changing an object.
   *
   * @throws CryptokiException CKR_ATTRIBUTE_TYPE_INVALID for an attribute that nothing has,
   *     CKR_ATTRIBUTE_VALUE_INVALID for a value of the wrong length, CKR_TEMPLATE_INCONSISTENT for
   *     an attribute given twice with different values (PKCS#11 3.1, 4.1.1)
   */
  public Map<AttributeType, byte[]> values() {
    Map<AttributeType, byte[]> values = new EnumMap<>(AttributeType.class);
    for (Entry entry : entries) {
      AttributeType type =
          AttributeType.of(entry.type())
              .orElseThrow(
                  () ->
                      new CryptokiException(
                          CKR_ATTRIBUTE_TYPE_INVALID,
                          "no attribute 0x%x is known here".formatted(entry.type())));
      if (!type.kind().fits(entry.value())) {
        throw new CryptokiException(
            CKR_ATTRIBUTE_VALUE_INVALID,
            "%s is of another kind than those %d bytes".formatted(type, entry.value().length));
      }
      byte[] earlier = values.put(type, canonical(type, entry.value()));
      if (earlier != null && !Arrays.equals(earlier, entry.value())) {
        throw new CryptokiException(CKR_TEMPLATE_INCONSISTENT, "%s is given twice".formatted(type));
      }
    }
    return values;
  }

  /** Any non-zero CK_BBOOL means true; kept as 1, so that searches match. */
  private static byte[] canonical(AttributeType type, byte[] value) {
    return switch (type.kind()) {
      case BOOL -> Attributes.encode(value[0] != 0);
      case TEMPLATE -> decode(value).canonical().encode();
      default -> value.clone();
    };
  }

  /** The same entries as an object keeps them; a template in a template is not held. */
  private Template canonical() {
    Map<AttributeType, byte[]> values = values();
    if (values.keySet().stream().anyMatch(type -> type.kind() == Kind.TEMPLATE)) {
      throw new CryptokiException(CKR_ATTRIBUTE_VALUE_INVALID, "a template in a template");
    }
    return new Template(
        entries.stream()
            .map(
                entry ->
                    new Entry(
                        entry.type(),
                        Objects.requireNonNull(
                            values.get(AttributeType.of(entry.type()).orElseThrow()))))
            .toList());
  }
}
