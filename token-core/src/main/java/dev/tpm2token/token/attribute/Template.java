package dev.tpm2token.token.attribute;

import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_TYPE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCONSISTENT;

import dev.tpm2token.token.CryptokiException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What a client asks of an object: CK_ATTRIBUTE entries, out of C memory already. */
public final class Template {
  /** One CK_ATTRIBUTE: its number, which may be unknown to us, and its bytes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never printed
  public record Entry(long type, byte[] value) {}

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
      if (!type.kind().fits(entry.value().length)) {
        throw new CryptokiException(
            CKR_ATTRIBUTE_VALUE_INVALID,
            "%s cannot be %d bytes long".formatted(type, entry.value().length));
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
    return type.kind() == Kind.BOOL ? Attributes.encode(value[0] != 0) : value.clone();
  }
}
