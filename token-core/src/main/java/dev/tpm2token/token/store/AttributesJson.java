package dev.tpm2token.token.store;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Kind;
import dev.tpm2token.token.attribute.Template;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attributes as JSON that a person can read: truth values, numbers, text, and bytes as {@code
 * hex:…}.
 */
final class AttributesJson {
  private static final String HEX = "hex:";

  private AttributesJson() {}

  static Map<String, Object> toJson(Attributes attributes) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (AttributeType type : attributes.types()) {
      json.put(
          type.name(),
          switch (type.kind()) {
            case BOOL -> attributes.isTrue(type);
            case ULONG -> attributes.number(type, 0);
            case ULONGS -> list(attributes.numbers(type));
            case TEXT, DATE -> text(attributes.bytes(type));
            case BYTES, TEMPLATE -> hex(attributes.bytes(type));
          });
    }
    return json;
  }

  /**
   * Reads what {@link #toJson} wrote; attributes that a later version wrote are passed over.
   *
   * @throws IllegalArgumentException for a value that its attribute cannot have
   */
  static Attributes fromJson(Map<String, Object> json) {
    StoreJson.requireAll(json);
    Attributes.Builder attributes = Attributes.builder();
    for (AttributeType type : AttributeType.values()) {
      Object value = json.get(type.name());
      if (value != null) {
        byte[] bytes = bytes(value);
        if (!fits(type.kind(), bytes)) {
          throw new IllegalArgumentException("no value of " + type);
        }
        attributes.put(type, bytes);
      }
    }
    return attributes.build();
  }

  private static byte[] bytes(Object value) {
    return switch (value) {
      case Boolean truth -> Attributes.encode(truth);
      case Integer number -> Attributes.encode(number.longValue());
      case Long number -> Attributes.encode(number.longValue());
      case List<?> numbers ->
          Attributes.encode(numbers.stream().mapToLong(AttributesJson::number).toArray());
      case String text when text.startsWith(HEX) ->
          HexFormat.of().parseHex(text, HEX.length(), text.length());
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      default -> throw new IllegalArgumentException("no attribute's value: " + value.getClass());
    };
  }

  private static boolean fits(Kind kind, byte[] bytes) {
    try {
      if (kind == Kind.TEMPLATE) {
        Template.decode(bytes);
      }
      return kind.fits(bytes);
    } catch (CryptokiException e) {
      return false;
    }
  }

  private static long number(@Nullable Object value) {
    return switch (value) {
      case Integer number -> number;
      case Long number -> number;
      case null, default -> throw new IllegalArgumentException("no number in a list of numbers");
    };
  }

  private static List<Long> list(long[] numbers) {
    List<Long> list = new ArrayList<>();
    for (long number : numbers) {
      list.add(number);
    }
    return list;
  }

  /** Text where the bytes are text that reads back as the same; a client may have put anything. */
  private static String text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith(HEX) ? hex(bytes) : text;
    } catch (CharacterCodingException e) {
      return hex(bytes);
    }
  }

  private static String hex(byte[] bytes) {
    return HEX + HexFormat.of().formatHex(bytes);
  }
}
