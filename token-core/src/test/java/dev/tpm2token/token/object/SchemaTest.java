package dev.tpm2token.token.object;

import static dev.tpm2token.token.attribute.AttributeType.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.ReturnValue;
import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SchemaTest {
  private static final Schema KEY = Schema.of(ObjectClass.CKO_PRIVATE_KEY, KeyType.CKK_EC);

  private static Template template(AttributeType type, byte... value) {
    return Template.of(Attributes.builder().put(type, value).build());
  }

  private static Attributes generated(Template template) {
    return KEY.create(Schema.Origin.GENERATED, template, false);
  }

  private static void assertRefused(ReturnValue expected, Executable work) {
    assertEquals(expected, assertThrows(CryptokiException.class, work).returnValue());
  }

  @Test
  void aPrivateKeyIsPrivateSensitiveAndStaysHere() {
    Attributes key = generated(new Template(List.of()));
    assertTrue(key.isTrue(CKA_PRIVATE));
    assertTrue(key.isTrue(CKA_SENSITIVE));
    assertTrue(key.isTrue(CKA_SIGN));
    assertFalse(key.isTrue(CKA_EXTRACTABLE));
    assertFalse(key.isTrue(CKA_ALWAYS_AUTHENTICATE));
    assertEquals(0, key.bytes(CKA_LABEL).length);
    assertTrue(key.get(CKA_LABEL).isPresent());
  }

  @Test
  void oneWayAttributesGoOneWay() {
    Attributes key = generated(new Template(List.of()));
    assertRefused(
        ReturnValue.CKR_ATTRIBUTE_READ_ONLY,
        () -> KEY.modify(key, template(CKA_SENSITIVE, (byte) 0), false));
    assertRefused(
        ReturnValue.CKR_ATTRIBUTE_READ_ONLY,
        () -> KEY.modify(key, template(CKA_EXTRACTABLE, (byte) 1), false));
    assertEquals(key, KEY.modify(key, template(CKA_SENSITIVE, (byte) 1), false));
  }

  @Test
  void whatIsNotModifiableIsNot() {
    Attributes fixed = generated(template(CKA_MODIFIABLE, (byte) 0));
    assertRefused(
        ReturnValue.CKR_ACTION_PROHIBITED,
        () -> KEY.modify(fixed, template(CKA_LABEL, (byte) 'x'), false));
  }

  @Test
  void whatTheTokenSaysTheCallerDoesNot() {
    for (AttributeType type : List.of(CKA_LOCAL, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE)) {
      assertRefused(ReturnValue.CKR_ATTRIBUTE_READ_ONLY, () -> generated(template(type, (byte) 1)));
    }
    assertRefused(ReturnValue.CKR_ATTRIBUTE_READ_ONLY, () -> generated(template(CKA_VALUE)));
  }

  @Test
  void trustIsTheSecurityOfficers() {
    Schema schema = Schema.of(ObjectClass.CKO_PUBLIC_KEY, KeyType.CKK_RSA);
    Template trusted =
        Template.of(
            Attributes.builder().put(CKA_TRUSTED, true).put(CKA_MODULUS_BITS, 2048).build());
    assertRefused(
        ReturnValue.CKR_ATTRIBUTE_READ_ONLY,
        () -> schema.create(Schema.Origin.GENERATED, trusted, false));
    assertTrue(schema.create(Schema.Origin.GENERATED, trusted, true).isTrue(CKA_TRUSTED));
  }

  @Test
  void templatesThatMakeNoSense() {
    assertRefused(
        ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID, () -> generated(template(CKA_SIGN, new byte[2])));
    assertRefused(
        ReturnValue.CKR_ATTRIBUTE_TYPE_INVALID,
        () -> generated(template(CKA_MODULUS_BITS, new byte[8])));
    assertRefused(
        ReturnValue.CKR_ATTRIBUTE_TYPE_INVALID,
        () -> generated(new Template(List.of(new Template.Entry(0xce534301L, new byte[1])))));
    assertRefused(
        ReturnValue.CKR_TEMPLATE_INCONSISTENT,
        () ->
            generated(
                new Template(
                    List.of(
                        new Template.Entry(CKA_SIGN.code(), new byte[] {0}),
                        new Template.Entry(CKA_SIGN.code(), new byte[] {1})))));
    assertRefused(ReturnValue.CKR_TEMPLATE_INCOMPLETE, () -> Schema.of(new Template(List.of())));
  }

  @Test
  void secretsAreSecret() {
    assertTrue(KEY.isSecret(CKA_VALUE));
    assertFalse(KEY.isSecret(CKA_EC_POINT));
  }
}
