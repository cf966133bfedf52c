package dev.tpm2token.token.store;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one JSON mapper of the store, and the one place where a file's content becomes a record.
 * Bytes are base64; what a later version adds is passed over. A record's constructor refuses what
 * must not be, with the two checks that are here, so that whoever has a record can rely on it.
 */
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

  /**
   * The record in a file.
   *
   * @param newest the latest version of its form that we know
   * @throws DamagedException whatever is wrong with the content, and for a later version's
   */
  static <T> T read(byte[] json, Class<T> type, int newest) throws DamagedException {
    try {
      return read(json, type);
    } catch (DamagedException e) {
      throw isLater(json, newest) ? DamagedException.later(e) : e;
    }
  }

  /** As above, of what has no version of its own. */
  @SuppressWarnings("CatchingUnchecked") // no content may do more than be refused
  static <T> T read(byte[] json, Class<T> type) throws DamagedException {
    try {
      T read = MAPPER.readValue(json, type);
      require(read != null, "nothing is in it");
      return read;
    } catch (RuntimeException e) {
      throw DamagedException.of(e);
    }
  }

  private static boolean isLater(byte[] json, int newest) {
    try {
      JsonNode format = MAPPER.readTree(json).path("format");
      return format.canConvertToInt() && format.intValue() > newest;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** Refuses what is not so. */
  static void require(boolean so, String otherwise) {
    if (!so) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** Refuses what lacks a part. */
  static void requireAll(@Nullable Object... parts) {
    for (Object part : parts) {
      require(part != null, "a part of it is missing");
    }
  }

  static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }
}
