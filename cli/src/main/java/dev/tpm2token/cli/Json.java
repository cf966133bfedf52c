package dev.tpm2token.cli;

import java.util.HexFormat;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/** Reports as JSON. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .addModule(new SimpleModule().addSerializer(byte[].class, new Hex()))
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

  static String of(Report report) {
    return MAPPER.writeValueAsString(report);
  }
}
