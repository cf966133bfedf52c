package dev.tpm2token.cli;

import java.util.HexFormat;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/** Reports and what they consist of as JSON; octets are in hex. */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .addSerializer(byte[].class, new Hex())
                  .addDeserializer(byte[].class, new OfHex()))
          .build();

  private Json() {}

  private static final class Hex extends StdSerializer<byte[]> {
    Hex() {
      super(byte[].class);
    }

    @Override
    public void serialize(byte[] octets, JsonGenerator out, SerializationContext context) {
      out.writeString(HexFormat.of().formatHex(octets));
    }
  }

  private static final class OfHex extends StdDeserializer<byte[]> {
    OfHex() {
      super(byte[].class);
    }

    @Override
    public byte[] deserialize(JsonParser in, DeserializationContext context) {
      try {
        return HexFormat.of().parseHex(in.getString());
      } catch (IllegalArgumentException e) {
        throw context.weirdStringException(in.getString(), byte[].class, "not in hex");
      }
    }
  }

  /** As text, indented. */
  public static String of(Part part) {
    return MAPPER.writeValueAsString(part);
  }

  /**
   * Out of text in UTF-8.
   *
   * @throws tools.jackson.core.JacksonException where it is something else
   */
  public static <T extends Part> T read(byte[] text, Class<T> type) {
    return MAPPER.readValue(text, type);
  }
}
