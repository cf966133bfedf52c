package dev.tpm2token.token;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_COPYABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DESTROYABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MECHANISM_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MODIFIABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIVATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PROFILE_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_UNIQUE_ID;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.ObjectClass;
import dev.tpm2token.token.object.ObjectId;
import java.util.List;
import java.util.Optional;

/**
 * Objects that nobody made: the mechanisms of this TPM (PKCS#11 3.1, 4.15) and the profiles that
 * the module meets (4.14). Only a search that names their class finds them, so that those who do
 * not know such objects need not.
 */
final class BuiltInObjects {
  /**
   * What OasisProfilesTest shows of every token: CKP_BASELINE_PROVIDER, CKP_EXTENDED_PROVIDER and
   * CKP_AUTHENTICATION_TOKEN. Not CKP_PUBLIC_CERTIFICATES_TOKEN, whose test case is passed too: it
   * says of all the token's certificates that they are public, and users may hide theirs.
   */
  private static final List<Long> PROFILES = List.of(1L, 2L, 3L);

  private BuiltInObjects() {}

  /** Those that a search looks for. */
  static List<CryptokiObject> matching(Template template, List<Mechanism> mechanisms) {
    long wanted = template.number(CKA_CLASS).orElse(-1);
    if (wanted == ObjectClass.CKO_MECHANISM.code()) {
      return mechanisms.stream()
          .map(row -> object(ObjectClass.CKO_MECHANISM, CKA_MECHANISM_TYPE, row.type()))
          .toList();
    }
    return wanted == ObjectClass.CKO_PROFILE.code()
        ? PROFILES.stream()
            .map(profile -> object(ObjectClass.CKO_PROFILE, CKA_PROFILE_ID, profile))
            .toList()
        : List.of();
  }

  /** The one of an id, if it is one of these. */
  static Optional<CryptokiObject> of(ObjectId id, List<Mechanism> mechanisms) {
    for (ObjectClass each : List.of(ObjectClass.CKO_MECHANISM, ObjectClass.CKO_PROFILE)) {
      Template ofClass =
          new Template(
              List.of(new Template.Entry(CKA_CLASS.code(), Attributes.encode(each.code()))));
      for (CryptokiObject object : matching(ofClass, mechanisms)) {
        if (object.id().equals(id)) {
          return Optional.of(object);
        }
      }
    }
    return Optional.empty();
  }

  private static CryptokiObject object(ObjectClass objectClass, AttributeType type, long number) {
    // No object of the store has such an id: it begins with the time of its making.
    ObjectId id = new ObjectId("%016x%016x".formatted(objectClass.code(), number));
    Attributes attributes =
        Attributes.builder()
            .put(CKA_CLASS, objectClass.code())
            .put(CKA_TOKEN, true)
            .put(CKA_PRIVATE, false)
            .put(CKA_MODIFIABLE, false)
            .put(CKA_COPYABLE, false)
            .put(CKA_DESTROYABLE, false)
            .put(CKA_LABEL, "")
            .put(CKA_UNIQUE_ID, id.text())
            .put(type, number)
            .build();
    return new CryptokiObject(id, attributes, null, null);
  }
}
