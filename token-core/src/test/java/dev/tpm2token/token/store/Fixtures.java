package dev.tpm2token.token.store;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIVATE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.token.object.ObjectClass;
import dev.tpm2token.token.object.ObjectId;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.ParentTemplate;
import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tokens and objects of which no TPM knows. */
final class Fixtures {
  static final SecureRandom RANDOM = new SecureRandom();
  static final Optional<Secret> KEY = Optional.of(Secret.taking(new byte[32]));
  static final String SERIAL = "0123456789abcdef";

  private static final byte[] AREA = ParentTemplate.ECC_H2.publicArea().marshal();

  private Fixtures() {}

  static TokenRecord record(String serial) {
    TokenRecord.Seal seal = new TokenRecord.Seal(new byte[16], AREA, new byte[] {2});
    return new TokenRecord(
        TokenRecord.FORMAT,
        serial,
        1,
        "label",
        "objects-00",
        new TokenRecord.Tpm("IBM", "SW TPM", 1, 2),
        new TokenRecord.ParentKey(0x8100_0001, AREA),
        seal,
        null);
  }

  /** Data. */
  static CryptokiObject object(String label, boolean isPrivate) {
    return object(ObjectClass.CKO_DATA, label, isPrivate, null, null);
  }

  /** A private key under a storage key of its own, with a policy. */
  static CryptokiObject privateKey(String label, boolean isPrivate) {
    Policy policy = Policy.ofPcrsAndAuthValue(new TpmlPcrSelection(List.of()), new byte[32]);
    return object(
        ObjectClass.CKO_PRIVATE_KEY,
        label,
        isPrivate,
        new CryptokiObject.TpmKey(
            AREA,
            new byte[] {1},
            new byte[] {2},
            new CryptokiObject.Place.Under(
                new Parent(new TpmHandle(0x8100_0002), ParentTemplate.ECC_H2.publicArea())),
            policy),
        null);
  }

  static CryptokiObject secretKey(String label, boolean isPrivate) {
    return object(
        ObjectClass.CKO_SECRET_KEY, label, isPrivate, null, Secret.taking(new byte[] {1, 2, 3}));
  }

  private static CryptokiObject object(
      ObjectClass objectClass,
      String label,
      boolean isPrivate,
      CryptokiObject.@Nullable TpmKey key,
      @Nullable Secret secret) {
    Attributes.Builder attributes =
        Attributes.builder()
            .put(CKA_CLASS, objectClass.code())
            .put(CKA_LABEL, label)
            .put(CKA_PRIVATE, isPrivate);
    if (key != null || secret != null) {
      attributes.put(CKA_KEY_TYPE, (secret == null ? KeyType.CKK_EC : KeyType.CKK_AES).code());
    }
    return new CryptokiObject(ObjectId.fresh(RANDOM), attributes.build(), key, secret);
  }

  static List<String> labels(ObjectFolder objects, Optional<Secret> key) {
    return objects.objects(key).stream()
        .map(object -> new String(object.attributes().bytes(CKA_LABEL), UTF_8))
        .sorted()
        .toList();
  }
}
