package dev.tpm2token.interop.wycheproof;

import java.util.Base64;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;

/** The fields of an object in a file of vectors, most of them in hexadecimal. */
record Fields(JsonNode node) {
  /** A field that must be there. */
  private JsonNode get(String name) {
    JsonNode field = node.get(name);
    if (field == null) {
      throw new AssertionError("no field " + name);
    }
    return field;
  }

  Fields object(String name) {
    return new Fields(get(name));
  }

  String text(String name) {
    return get(name).asString();
  }

  int number(String name) {
    return get(name).intValue();
  }

  /** The bytes, as they are. */
  byte[] bytes(String name) {
    return HexFormat.of().parseHex(text(name));
  }

  /** The bytes of a number, without the zeros before it. */
  byte[] magnitude(String name) {
    return Bytes.magnitude(bytes(name));
  }

  /** The bytes of a JSON Web Key's field. */
  byte[] base64Url(String name) {
    return Base64.getUrlDecoder().decode(text(name));
  }
}
