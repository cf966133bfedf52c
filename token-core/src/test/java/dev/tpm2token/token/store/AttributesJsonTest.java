package dev.tpm2token.token.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AttributesJsonTest {
  @Property
  void whatIsWrittenReadsBackAsTheSame(@ForAll("objects") Attributes attributes)
      throws DamagedException {
    byte[] json =
        StoreJson.write(new ObjectRecord.Body(AttributesJson.toJson(attributes), null, null));
    ObjectRecord.Body read = StoreJson.read(json, ObjectRecord.Body.class);
    assertEquals(attributes, AttributesJson.fromJson(read.attributes()));
  }

  @Provide
  Arbitrary<Attributes> objects() {
    Arbitrary<AttributeType> types = Arbitraries.of(AttributeType.class);
    return Combinators.combine(types, Arbitraries.bytes().array(byte[].class).ofMaxSize(80))
        .as(Map::entry)
        .list()
        .ofMaxSize(20)
        .map(
            entries -> {
              Attributes.Builder attributes = Attributes.builder();
              entries.forEach(
                  each ->
                      attributes.put(each.getKey(), fit(each.getKey().kind(), each.getValue())));
              return attributes.build();
            });
  }

  /** Bytes that the kind allows. */
  private static byte[] fit(Kind kind, byte[] bytes) {
    return switch (kind) {
      case BOOL -> Attributes.encode(bytes.length % 2 == 0);
      case ULONG -> Arrays.copyOf(bytes, Long.BYTES);
      case ULONGS -> Arrays.copyOf(bytes, bytes.length / Long.BYTES * Long.BYTES);
      case DATE -> bytes.length < 8 ? new byte[0] : date(bytes[0] & 0xff, bytes[1] & 0xff);
      case TEMPLATE -> new byte[0];
      case BYTES, TEXT -> bytes;
    };
  }

  private static byte[] date(int year, int month) {
    return "%04d%02d28".formatted(2000 + year, 1 + month % 12).getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void aPersonCanReadIt() {
    Map<String, Object> json =
        AttributesJson.toJson(
            Attributes.builder()
                .put(AttributeType.CKA_LABEL, "grüße")
                .put(AttributeType.CKA_SIGN, true)
                .put(AttributeType.CKA_ID, new byte[] {1, (byte) 0xab})
                .build());
    assertEquals(Map.of("CKA_LABEL", "grüße", "CKA_SIGN", true, "CKA_ID", "hex:01ab"), json);
  }

  @Test
  void textThatLooksLikeBytesStaysText() {
    byte[] label = "hex:zz".getBytes(StandardCharsets.UTF_8);
    Attributes attributes = Attributes.builder().put(AttributeType.CKA_LABEL, label).build();
    assertEquals(attributes, AttributesJson.fromJson(AttributesJson.toJson(attributes)));
  }
}
