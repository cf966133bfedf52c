package dev.tpm2token.token.store;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The one JSON mapper of the store. Bytes are base64; what a later version adds is passed over. */
final class StoreJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .changeDefaultPropertyInclusion(
              each ->
                  each.withValueInclusion(
                      com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
          .build();

  private StoreJson() {}

  static <T> T read(byte[] json, Class<T> type) {
    return MAPPER.readValue(json, type);
  }

  /**
   * Checks what a record cannot be without: JSON may be whole and lack it.
   *
   * @throws IllegalArgumentException which whoever reads gets as a {@code JacksonException}
   */
  static void checkWhole(@Nullable Object... parts) {
    for (Object part : parts) {
      if (part == null) {
        throw new IllegalArgumentException("a part of it is missing");
      }
    }
  }

  static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }
}
