package dev.tpm2token.token;

import static dev.tpm2token.token.Bench.assertFails;
import static dev.tpm2token.token.Bench.template;
import static dev.tpm2token.token.attribute.AttributeType.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.mechanism.Parameter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Templates that keys carry for the keys they wrap, unwrap and derive (PKCS#11 3.1, 5.18), wrapping
 * with associated data, and trust objects.
 */
@Tag("swtpm")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyTemplatesTest {
  private static final long KWP = 0x210B;
  private static final long GCM = 0x1087;

  @TempDir static Path store;
  private Bench bench;
  private Cryptoki module;
  private Session session;

  @BeforeAll
  void start() {
    bench = new Bench(store.resolve("store"));
    module = bench.withToken();
    session = Bench.login(module);
  }

  @AfterAll
  void stop() {
    module.close();
    bench.close();
  }

  private AttributeResult attribute(long object, AttributeType type) {
    return session.attributes(object, new long[] {type.code()}).getFirst();
  }

  private byte[] value(long object, AttributeType type) {
    return Bench.value(session, object, type);
  }

  private long aes(Object... more) {
    List<Object> pairs =
        new ArrayList<>(
            List.of(
                CKA_CLASS,
                4,
                CKA_KEY_TYPE,
                0x1F,
                CKA_VALUE,
                new byte[16],
                CKA_WRAP,
                true,
                CKA_UNWRAP,
                true,
                CKA_EXTRACTABLE,
                true,
                CKA_SENSITIVE,
                false));
    pairs.addAll(List.of(more));
    return session.createObject(template(pairs.toArray()));
  }

  private static byte[] nested(Object... pairs) {
    return template(pairs).encode();
  }

  @Test
  void aTemplateIsKeptAndRead() {
    byte[] inner = nested(CKA_ENCRYPT, true, CKA_LABEL, "only these");
    long key = aes(CKA_TOKEN, true, CKA_WRAP_TEMPLATE, inner);
    AttributeResult.Array array =
        assertInstanceOf(AttributeResult.Array.class, attribute(key, CKA_WRAP_TEMPLATE));
    assertEquals(2, array.entries().size());
    assertArrayEquals(inner, new Template(array.entries()).encode());
    session.findInit(template(CKA_WRAP_TEMPLATE, inner));
    assertArrayEquals(new long[] {key}, session.find(5));
    session.findFinal();
    assertInstanceOf(AttributeResult.Absent.class, attribute(key, CKA_UNWRAP_TEMPLATE));
    assertFails(
        ReturnValue.CKR_ATTRIBUTE_READ_ONLY,
        () -> session.setAttributes(key, template(CKA_WRAP_TEMPLATE, nested())));
    session.destroyObject(key);
  }

  @Test
  void templatesThatAreNone() {
    assertFails(ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID, () -> aes(CKA_WRAP_TEMPLATE, new byte[5]));
    assertFails(
        ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID,
        () -> aes(CKA_WRAP_TEMPLATE, nested(CKA_UNWRAP_TEMPLATE, nested(CKA_SIGN, true))));
    assertFails(
        ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID,
        () -> aes(CKA_WRAP_TEMPLATE, nested(CKA_SIGN, new byte[2])));
    Template unknown = new Template(List.of(new Template.Entry(0x7fff_fff0L, new byte[1])));
    assertFails(
        ReturnValue.CKR_ATTRIBUTE_TYPE_INVALID, () -> aes(CKA_WRAP_TEMPLATE, unknown.encode()));
  }

  @Test
  void onlyKeysLikeTheTemplateAreWrapped() {
    long key = aes(CKA_WRAP_TEMPLATE, nested(CKA_ENCRYPT, true, CKA_KEY_TYPE, 0x1F));
    MechanismCall kwp = MechanismCall.of(KWP);
    long right = aes(CKA_ENCRYPT, true);
    long wrong = aes(CKA_ENCRYPT, false);
    assertEquals(24, session.wrapping().wrap(kwp, key, right).work().get().length);
    assertFails(ReturnValue.CKR_KEY_HANDLE_INVALID, () -> session.wrapping().wrap(kwp, key, wrong));
    assertFails(
        ReturnValue.CKR_KEY_HANDLE_INVALID,
        () -> session.wrapping().wrapAuthenticated(message(new byte[0]), key, wrong, new byte[0]));
  }

  @Test
  void whatIsUnwrappedIsAsTheTemplateSays() {
    long key = aes(CKA_UNWRAP_TEMPLATE, nested(CKA_SIGN, true, CKA_LABEL, "unwrapped"));
    MechanismCall kwp = MechanismCall.of(KWP);
    byte[] wrapped = session.wrapping().wrap(kwp, key, aes()).work().get();
    long made =
        session.wrapping().unwrap(kwp, key, wrapped, template(CKA_KEY_TYPE, 0x1F, CKA_SIGN, true));
    assertArrayEquals(
        "unwrapped".getBytes(java.nio.charset.StandardCharsets.US_ASCII), value(made, CKA_LABEL));
    assertArrayEquals(new byte[] {1}, value(made, CKA_SIGN));
    assertArrayEquals(new byte[] {1}, value(made, CKA_EXTRACTABLE), "unless the client says not");
    assertFails(
        ReturnValue.CKR_TEMPLATE_INCONSISTENT,
        () ->
            session
                .wrapping()
                .unwrap(kwp, key, wrapped, template(CKA_KEY_TYPE, 0x1F, CKA_SIGN, false)));
  }

  @Test
  void whatIsDerivedIsAsTheTemplateSays() {
    long[] pair =
        session.generateKeyPair(
            MechanismCall.of(0x1040),
            template(CKA_EC_PARAMS, Curve.P_256.parameters()),
            template(CKA_DERIVE, true, CKA_DERIVE_TEMPLATE, nested(CKA_ENCRYPT, true)));
    PublicKey.Ec own =
        (PublicKey.Ec)
            PublicKey.of(
                Attributes.builder()
                    .put(CKA_KEY_TYPE, 3)
                    .put(CKA_EC_PARAMS, value(pair[0], CKA_EC_PARAMS))
                    .put(CKA_EC_POINT, value(pair[0], CKA_EC_POINT))
                    .build());
    MechanismCall ecdh =
        new MechanismCall(
            0x1050, new Parameter.Ecdh1(1, new byte[0], own.agree(new SecureRandom()).point()));
    long made = session.deriveKey(ecdh, pair[1], template(CKA_KEY_TYPE, 0x1F, CKA_VALUE_LEN, 16));
    assertArrayEquals(new byte[] {1}, value(made, CKA_ENCRYPT));
    assertFails(
        ReturnValue.CKR_TEMPLATE_INCONSISTENT,
        () ->
            session.deriveKey(
                ecdh,
                pair[1],
                template(CKA_KEY_TYPE, 0x1F, CKA_VALUE_LEN, 16, CKA_ENCRYPT, false)));
  }

  private static MechanismCall message(byte[] tag) {
    return new MechanismCall(GCM, new Parameter.GcmMessage(new byte[12], 0, 1, tag, 128));
  }

  @Test
  void wrappingWithAssociatedData() {
    long with = aes();
    byte[] associated = {1, 2, 3};
    KeyWrapping.Authenticated wrapping =
        session.wrapping().wrapAuthenticated(message(new byte[0]), with, aes(), associated);
    MessageCiphering.Result wrapped = wrapping.work().get();
    assertEquals(16, wrapping.length());
    assertEquals(16, wrapped.text().length);
    MechanismCall back =
        new MechanismCall(GCM, new Parameter.GcmMessage(wrapped.iv(), 0, 0, wrapped.tag(), 128));
    Template aes = template(CKA_KEY_TYPE, 0x1F, CKA_SENSITIVE, false);
    long made = session.wrapping().unwrapAuthenticated(back, with, wrapped.text(), aes, associated);
    assertArrayEquals(new byte[16], value(made, CKA_VALUE));
    assertFails(
        ReturnValue.CKR_WRAPPED_KEY_INVALID,
        () ->
            session
                .wrapping()
                .unwrapAuthenticated(back, with, wrapped.text(), aes, new byte[] {1, 2}));
    for (long counter : new long[] {2, 4}) {
      MechanismCall repeating =
          new MechanismCall(
              GCM, new Parameter.GcmMessage(new byte[12], 0, counter, new byte[0], 128));
      assertFails(
          ReturnValue.CKR_MECHANISM_PARAM_INVALID,
          () ->
              session
                  .wrapping()
                  .wrapAuthenticated(repeating, with, with, associated)
                  .work()
                  .get()
                  .text());
    }
    assertFails(
        ReturnValue.CKR_MECHANISM_INVALID,
        () -> session.wrapping().wrapAuthenticated(MechanismCall.of(KWP), with, with, associated));
    assertFails(
        ReturnValue.CKR_MECHANISM_PARAM_INVALID,
        () -> session.wrapping().wrapAuthenticated(MechanismCall.of(GCM), with, with, associated));
  }

  private static Template trust(Object... more) {
    List<Object> pairs =
        new ArrayList<>(
            List.of(
                CKA_CLASS,
                0xB,
                CKA_TOKEN,
                true,
                CKA_ISSUER,
                new byte[] {0x30, 0},
                CKA_SERIAL_NUMBER,
                new byte[] {2, 1, 5}));
    pairs.addAll(List.of(more));
    return template(pairs.toArray());
  }

  @Test
  void trustObjectsAreHeld() {
    long object =
        session.createObject(
            trust(
                CKA_HASH_OF_CERTIFICATE,
                new byte[32],
                CKA_NAME_HASH_ALGORITHM,
                0x250,
                CKA_TRUST_SERVER_AUTH,
                2));
    session.findInit(template(CKA_CLASS, 0xB, CKA_SERIAL_NUMBER, new byte[] {2, 1, 5}));
    assertArrayEquals(new long[] {object}, session.find(5));
    session.findFinal();
    assertInstanceOf(AttributeResult.Absent.class, attribute(object, CKA_TRUST_CODE_SIGNING));
    session.setAttributes(object, template(CKA_TRUST_CODE_SIGNING, 3));
    assertArrayEquals(Attributes.encode(3), value(object, CKA_TRUST_CODE_SIGNING));
    session.destroyObject(object);
    assertTrue(session.createObject(trust(CKA_TRUST_SERVER_AUTH, 3)) > 0, "distrust needs no hash");
    assertFails(
        ReturnValue.CKR_TEMPLATE_INCOMPLETE,
        () -> session.createObject(trust(CKA_TRUST_SERVER_AUTH, 1)));
    assertFails(
        ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID,
        () -> session.createObject(trust(CKA_TRUST_SERVER_AUTH, 9)));
    assertFails(
        ReturnValue.CKR_TEMPLATE_INCOMPLETE,
        () -> session.createObject(template(CKA_CLASS, 0xB, CKA_ISSUER, new byte[] {0x30, 0})));
  }
}
