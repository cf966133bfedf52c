package dev.tpm2token.token;

import static dev.tpm2token.token.Bench.assertFails;
import static dev.tpm2token.token.Bench.template;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CERTIFICATE_CATEGORY;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CERTIFICATE_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CHECK_VALUE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DECAPSULATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DECAPSULATE_TEMPLATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DERIVE_TEMPLATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_PARAMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_POINT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ENCAPSULATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ENCAPSULATE_TEMPLATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_END_DATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;
import static dev.tpm2token.token.attribute.AttributeType.CKA_START_DATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SUBJECT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TRUSTED;
import static dev.tpm2token.token.attribute.AttributeType.CKA_URL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE_LEN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.mechanism.Parameter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the standard says of single attributes, beyond the footnotes of the tables. */
@Tag("swtpm")
class ObjectRulesTest {
  private static final MechanismCall ECDH =
      new MechanismCall(0x1050, new Parameter.Ecdh1(1, new byte[0], new byte[0]));

  @TempDir Path store;
  private Bench bench;
  private Cryptoki module;
  private Session session;

  @BeforeEach
  void start() {
    bench = new Bench(store.resolve("store"));
    module = bench.withToken();
    session = Bench.login(module);
  }

  @AfterEach
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

  private long[] pair(Object[] publicKey, Object... privateKey) {
    List<Object> named = new ArrayList<>(List.of(publicKey));
    named.addAll(List.of(CKA_EC_PARAMS, Curve.P_256.parameters()));
    return session.generateKeyPair(
        MechanismCall.of(0x1040), template(named.toArray()), template(privateKey));
  }

  private Template publicKey(long like, Object... more) {
    List<Object> pairs =
        new ArrayList<>(
            List.of(
                CKA_CLASS,
                2,
                CKA_KEY_TYPE,
                3,
                CKA_EC_PARAMS,
                Curve.P_256.parameters(),
                CKA_EC_POINT,
                value(like, CKA_EC_POINT)));
    pairs.addAll(List.of(more));
    return template(pairs.toArray());
  }

  @Test
  void aPublicKeyInfoIsOfItsKey() {
    long one = pair(new Object[0])[0];
    long other = pair(new Object[0])[0];
    byte[] info = value(one, CKA_PUBLIC_KEY_INFO);
    long same = session.createObject(publicKey(one, CKA_PUBLIC_KEY_INFO, info));
    assertArrayEquals(info, value(same, CKA_PUBLIC_KEY_INFO));
    assertFails(
        ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID,
        () -> session.createObject(publicKey(other, CKA_PUBLIC_KEY_INFO, info)));
  }

  @Test
  void whatAPrivateKeyBringsWithItIsItsOwn() {
    long other = pair(new Object[0])[0];
    Object[] scalarOfOne = {
      CKA_CLASS,
      3,
      CKA_KEY_TYPE,
      3,
      CKA_EC_PARAMS,
      Curve.P_256.parameters(),
      CKA_VALUE,
      new byte[] {1}
    };
    for (AttributeType type : List.of(CKA_PUBLIC_KEY_INFO, CKA_EC_POINT)) {
      List<Object> pairs = new ArrayList<>(List.of(scalarOfOne));
      pairs.addAll(List.of(type, value(other, type)));
      assertFails(
          ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID,
          () -> session.createObject(template(pairs.toArray())));
    }
    assertTrue(session.createObject(template(scalarOfOne)) > 0);
  }

  /** A check value is not computed here, and a token that does not support it ignores it. */
  @Test
  void aCheckValueIsIgnored() {
    long key =
        session.createObject(
            template(
                CKA_CLASS,
                4,
                CKA_KEY_TYPE,
                0x1F,
                CKA_VALUE,
                new byte[16],
                CKA_CHECK_VALUE,
                new byte[] {1, 2, 3}));
    assertInstanceOf(AttributeResult.Absent.class, attribute(key, CKA_CHECK_VALUE));
  }

  @Test
  void datesAreDates() {
    byte[] may = "20260531".getBytes(StandardCharsets.US_ASCII);
    long key = pair(new Object[] {CKA_START_DATE, may, CKA_END_DATE, new byte[0]})[0];
    assertArrayEquals(may, value(key, CKA_START_DATE));
    for (String none : new String[] {"garbage!", "99999999", "20260231", "2026053"}) {
      assertFails(
          ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID,
          () ->
              session.setAttributes(
                  key, template(CKA_END_DATE, none.getBytes(StandardCharsets.US_ASCII))));
    }
  }

  private static Template certificate(Object... more) {
    List<Object> pairs =
        new ArrayList<>(
            List.of(CKA_CLASS, 1, CKA_CERTIFICATE_TYPE, 0, CKA_SUBJECT, new byte[] {0x30, 0}));
    pairs.addAll(List.of(more));
    return template(pairs.toArray());
  }

  @Test
  void certificatesStayAsTheyWereMade() {
    long certificate = session.createObject(certificate(CKA_VALUE, new byte[] {0x30, 0}));
    session.setAttributes(certificate, template(CKA_ID, new byte[] {1}, CKA_LABEL, "web"));
    assertFails(
        ReturnValue.CKR_ATTRIBUTE_READ_ONLY,
        () -> session.setAttributes(certificate, template(CKA_CERTIFICATE_CATEGORY, 2)));
    assertFails(
        ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID,
        () ->
            session.createObject(
                certificate(CKA_VALUE, new byte[] {0x30, 0}, CKA_CERTIFICATE_CATEGORY, 99)));
    assertFails(
        ReturnValue.CKR_TEMPLATE_INCOMPLETE,
        () -> session.createObject(certificate(CKA_VALUE, new byte[0])));
    assertTrue(
        session.createObject(certificate(CKA_VALUE, new byte[0], CKA_URL, "http://x/c")) > 0);
  }

  @Test
  void aTrustedCertificateIsTheSecurityOfficers() {
    session.logout();
    module.login(session.handle(), UserType.CKU_SO, Bench.SO_PIN);
    long trusted =
        session.createObject(certificate(CKA_VALUE, new byte[] {0x30, 0}, CKA_TRUSTED, true));
    session.setAttributes(trusted, template(CKA_LABEL, "root"));
    session.logout();
    assertFails(
        ReturnValue.CKR_ACTION_PROHIBITED,
        () -> session.setAttributes(trusted, template(CKA_LABEL, "mine")));
  }

  private static byte[] nested(Object... pairs) {
    return template(pairs).encode();
  }

  @Test
  void whatIsDecapsulatedIsAsTheKeysTemplatesSay() {
    long[] pair =
        pair(
            new Object[] {CKA_ENCAPSULATE, true},
            CKA_DECAPSULATE,
            true,
            CKA_DERIVE_TEMPLATE,
            nested(CKA_EXTRACTABLE, false),
            CKA_DECAPSULATE_TEMPLATE,
            nested(CKA_LABEL, "agreed"));
    Template aes = template(CKA_KEY_TYPE, 0x1F, CKA_VALUE_LEN, 16);
    byte[] point = session.encapsulation().encapsulate(ECDH, pair[0], aes).work().get().bytes();
    long made = session.encapsulation().decapsulate(ECDH, pair[1], aes, point);
    assertArrayEquals("agreed".getBytes(StandardCharsets.US_ASCII), value(made, CKA_LABEL));
    assertInstanceOf(AttributeResult.Sensitive.class, attribute(made, CKA_VALUE));
    assertFails(
        ReturnValue.CKR_TEMPLATE_INCONSISTENT,
        () ->
            session
                .encapsulation()
                .decapsulate(
                    ECDH,
                    pair[1],
                    template(CKA_KEY_TYPE, 0x1F, CKA_VALUE_LEN, 16, CKA_EXTRACTABLE, true),
                    point));
  }

  @Test
  void whatIsEncapsulatedIsAsTheKeysTemplateSays() {
    long[] pair =
        pair(
            new Object[] {
              CKA_ENCAPSULATE, true, CKA_ENCAPSULATE_TEMPLATE, nested(CKA_LABEL, "agreed")
            });
    long made =
        session
            .encapsulation()
            .encapsulate(ECDH, pair[0], template(CKA_KEY_TYPE, 0x1F, CKA_VALUE_LEN, 16))
            .work()
            .get()
            .key();
    assertArrayEquals("agreed".getBytes(StandardCharsets.US_ASCII), value(made, CKA_LABEL));
  }

  @Test
  void sessionsAreNotWithoutEnd() {
    assertFails(
        ReturnValue.CKR_SESSION_COUNT,
        () -> {
          for (int i = 0; i < 10_001; i++) {
            module.openSession(1, false);
          }
        });
    module.closeAllSessions(1);
    assertTrue(module.openSession(1, false) > 0);
  }
}
