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
import java.util.function.Supplier;
import java.util.stream.Stream;

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

  /**
   * Those that a search looks for.
   *
   * @param mechanisms asked only where they are looked for, because that may mean to ask the TPM:
   *     what else there is to be found is in the store, also where the TPM is away
   */
  static List<CryptokiObject> matching(Template template, Supplier<List<Mechanism>> mechanisms) {
    long wanted = template.number(CKA_CLASS).orElse(-1);
    if (wanted == ObjectClass.CKO_MECHANISM.code()) {
      return mechanisms.get().stream()
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
  static Optional<CryptokiObject> of(ObjectId id, Supplier<List<Mechanism>> mechanisms) {
    return Stream.of(ObjectClass.CKO_MECHANISM, ObjectClass.CKO_PROFILE)
        .filter(each -> id.text().startsWith(prefix(each)))
        .map(each -> new Template.Entry(CKA_CLASS.code(), Attributes.encode(each.code())))
        .flatMap(ofClass -> matching(new Template(List.of(ofClass)), mechanisms).stream())
        .filter(object -> object.id().equals(id))
        .findFirst();
  }

  /** No object of the store has such an id: it begins with the time of its making. */
  private static String prefix(ObjectClass objectClass) {
    return "%016x".formatted(objectClass.code());
  }

  private static CryptokiObject object(ObjectClass objectClass, AttributeType type, long number) {
    ObjectId id = new ObjectId(prefix(objectClass) + "%016x".formatted(number));
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
