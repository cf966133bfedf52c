package dev.tpm2token.token.object;

import static dev.tpm2token.token.ReturnValue.CKR_ACTION_PROHIBITED;
import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_READ_ONLY;
import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_TYPE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCOMPLETE;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCONSISTENT;
import static dev.tpm2token.token.attribute.AttributeType.*;
import static dev.tpm2token.token.object.Footnote.*;
import static dev.tpm2token.token.object.KeyType.CKK_AES;
import static dev.tpm2token.token.object.KeyType.CKK_EC;
import static dev.tpm2token.token.object.KeyType.CKK_GENERIC_SECRET;
import static dev.tpm2token.token.object.KeyType.CKK_RSA;
import static dev.tpm2token.token.object.ObjectClass.*;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which attributes objects of a class have, what may be done with each, and what each is when
 * nobody says. Creating, generating and modifying are one generic check over these rows, named
 * after the standard's footnotes.
 */
public final class Schema {
  /** How an object comes to be. */
  @SuppressWarnings("ImmutableEnumChecker") // never changed
  public enum Origin {
    /** C_DeriveKey and C_UnwrapKey: what the key itself says is for nobody else to say. */
    TAKEN(EnumSet.noneOf(Footnote.class), FORBIDDEN_TO_GENERATE),
    /** C_CreateObject. */
    CREATED(EnumSet.of(REQUIRED_TO_CREATE), FORBIDDEN_TO_CREATE),
    /** C_GenerateKey, C_GenerateKeyPair. */
    GENERATED(EnumSet.of(REQUIRED_TO_GENERATE), FORBIDDEN_TO_GENERATE);

    private final Set<Footnote> required;
    private final Footnote forbidden;

    Origin(Set<Footnote> required, Footnote forbidden) {
      this.required = required;
      this.forbidden = forbidden;
    }
  }

  /** One row: what may be done with the attribute, and its value when nobody says. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rule(AttributeType type, Set<Footnote> footnotes, byte @Nullable [] byDefault) {}

  private static final byte[] YES = Attributes.encode(true);
  private static final byte[] NO = Attributes.encode(false);
  private static final byte[] ZERO = Attributes.encode(0L);
  private static final byte[] EMPTY = {};

  /** An attribute of no such object unless it is given or computed. */
  private static final byte @Nullable [] ABSENT = null;

  // PKCS#11 3.1, section 4.4: storage objects.
  private static final List<Rule> STORAGE =
      List.of(
          row(CKA_CLASS, ABSENT, REQUIRED_TO_CREATE),
          row(CKA_TOKEN, NO, SET_BY_COPY),
          row(CKA_MODIFIABLE, YES, SET_BY_COPY, STAYS_FALSE),
          row(CKA_LABEL, EMPTY, MODIFIABLE),
          row(CKA_COPYABLE, YES, MODIFIABLE, STAYS_FALSE),
          row(CKA_DESTROYABLE, YES, MODIFIABLE),
          row(CKA_UNIQUE_ID, ABSENT, FORBIDDEN_TO_CREATE, FORBIDDEN_TO_GENERATE));

  private static final List<Rule> PUBLIC_BY_DEFAULT = List.of(row(CKA_PRIVATE, NO, SET_BY_COPY));
  private static final List<Rule> PRIVATE_BY_DEFAULT = List.of(row(CKA_PRIVATE, YES, SET_BY_COPY));

  // Sections 4.14 and 4.15.
  private static final List<Rule> PROFILE =
      List.of(row(CKA_PROFILE_ID, ABSENT, FORBIDDEN_TO_CREATE));
  private static final List<Rule> MECHANISM =
      List.of(row(CKA_MECHANISM_TYPE, ABSENT, FORBIDDEN_TO_CREATE));

  // Section 4.5.
  private static final List<Rule> DATA =
      List.of(
          row(CKA_APPLICATION, EMPTY, MODIFIABLE),
          row(CKA_OBJECT_ID, EMPTY, MODIFIABLE),
          row(CKA_VALUE, EMPTY, MODIFIABLE));

  // Section 4.6.3. What the certificate itself says is filled in from CKA_VALUE.
  private static final List<Rule> CERTIFICATE =
      List.of(
          row(CKA_CERTIFICATE_TYPE, ABSENT, REQUIRED_TO_CREATE),
          row(CKA_TRUSTED, NO, TRUE_BY_SO, MODIFIABLE),
          row(CKA_CERTIFICATE_CATEGORY, ZERO),
          row(CKA_CHECK_VALUE, ABSENT, IGNORED),
          row(CKA_START_DATE, EMPTY),
          row(CKA_END_DATE, EMPTY),
          row(CKA_PUBLIC_KEY_INFO, EMPTY),
          row(CKA_SUBJECT, ABSENT),
          row(CKA_ID, EMPTY, MODIFIABLE),
          row(CKA_ISSUER, EMPTY, MODIFIABLE),
          row(CKA_SERIAL_NUMBER, EMPTY, MODIFIABLE),
          row(CKA_VALUE, ABSENT, REQUIRED_TO_CREATE),
          row(CKA_URL, EMPTY),
          row(CKA_HASH_OF_SUBJECT_PUBLIC_KEY, EMPTY),
          row(CKA_HASH_OF_ISSUER_PUBLIC_KEY, EMPTY),
          row(CKA_JAVA_MIDP_SECURITY_DOMAIN, ZERO),
          row(CKA_NAME_HASH_ALGORITHM, ABSENT));

  // PKCS#11 3.2, section 4.7: which purposes a certificate is trusted for. An absent purpose is
  // CKT_TRUST_UNKNOWN.
  private static final List<Rule> TRUST =
      List.of(
          row(CKA_ISSUER, ABSENT, REQUIRED_TO_CREATE),
          row(CKA_SERIAL_NUMBER, ABSENT, REQUIRED_TO_CREATE),
          row(CKA_HASH_OF_CERTIFICATE, EMPTY, MODIFIABLE),
          row(CKA_NAME_HASH_ALGORITHM, ABSENT, MODIFIABLE),
          row(CKA_TRUST_SERVER_AUTH, ABSENT, MODIFIABLE),
          row(CKA_TRUST_CLIENT_AUTH, ABSENT, MODIFIABLE),
          row(CKA_TRUST_CODE_SIGNING, ABSENT, MODIFIABLE),
          row(CKA_TRUST_EMAIL_PROTECTION, ABSENT, MODIFIABLE),
          row(CKA_TRUST_IPSEC_IKE, ABSENT, MODIFIABLE),
          row(CKA_TRUST_TIME_STAMPING, ABSENT, MODIFIABLE),
          row(CKA_TRUST_OCSP_SIGNING, ABSENT, MODIFIABLE));

  // Section 4.7: what all keys have.
  private static final List<Rule> KEY =
      List.of(
          row(CKA_KEY_TYPE, ABSENT, REQUIRED_TO_CREATE),
          row(CKA_ID, EMPTY, MODIFIABLE),
          row(CKA_START_DATE, EMPTY, MODIFIABLE),
          row(CKA_END_DATE, EMPTY, MODIFIABLE),
          row(CKA_DERIVE, NO, MODIFIABLE),
          row(CKA_LOCAL, NO, FORBIDDEN_TO_CREATE, FORBIDDEN_TO_GENERATE),
          row(
              CKA_KEY_GEN_MECHANISM,
              Attributes.encode(-1L),
              FORBIDDEN_TO_CREATE,
              FORBIDDEN_TO_GENERATE),
          row(CKA_ALLOWED_MECHANISMS, ABSENT),
          row(CKA_SUBJECT, EMPTY, MODIFIABLE),
          row(CKA_PUBLIC_KEY_INFO, ABSENT));

  // Section 4.8.
  private static final List<Rule> PUBLIC_KEY =
      List.of(
          row(CKA_ENCRYPT, NO, MODIFIABLE),
          row(CKA_VERIFY, YES, MODIFIABLE),
          row(CKA_VERIFY_RECOVER, NO, MODIFIABLE),
          row(CKA_WRAP, NO, MODIFIABLE),
          row(CKA_ENCAPSULATE, NO, MODIFIABLE),
          row(CKA_TRUSTED, NO, TRUE_BY_SO, MODIFIABLE),
          row(CKA_WRAP_TEMPLATE, ABSENT),
          row(CKA_ENCAPSULATE_TEMPLATE, ABSENT));

  // Section 4.9.
  private static final List<Rule> PRIVATE_KEY =
      List.of(
          row(CKA_SENSITIVE, YES, MODIFIABLE, STAYS_TRUE),
          row(CKA_DECRYPT, NO, MODIFIABLE),
          row(CKA_SIGN, YES, MODIFIABLE),
          row(CKA_SIGN_RECOVER, NO, MODIFIABLE),
          row(CKA_UNWRAP, NO, MODIFIABLE),
          row(CKA_EXTRACTABLE, NO, MODIFIABLE, STAYS_FALSE),
          row(CKA_ALWAYS_SENSITIVE, NO, FORBIDDEN_TO_CREATE, FORBIDDEN_TO_GENERATE),
          row(CKA_NEVER_EXTRACTABLE, NO, FORBIDDEN_TO_CREATE, FORBIDDEN_TO_GENERATE),
          row(CKA_WRAP_WITH_TRUSTED, NO, MODIFIABLE, STAYS_TRUE),
          row(CKA_UNWRAP_TEMPLATE, ABSENT),
          row(CKA_DERIVE_TEMPLATE, ABSENT),
          row(CKA_DECAPSULATE, NO, MODIFIABLE),
          row(CKA_DECAPSULATE_TEMPLATE, ABSENT),
          row(CKA_ALWAYS_AUTHENTICATE, NO));

  // Section 4.10. Sensitive and not extractable unless the client says so, as a token should. What
  // keys of a kind are for, they may do where the client names no use: SunPKCS11 names none.
  private static final List<Rule> SECRET_KEY =
      List.of(
          row(CKA_SENSITIVE, YES, MODIFIABLE, STAYS_TRUE),
          row(CKA_ENCRYPT, YES, MODIFIABLE),
          row(CKA_DECRYPT, YES, MODIFIABLE),
          row(CKA_SIGN, YES, MODIFIABLE),
          row(CKA_VERIFY, YES, MODIFIABLE),
          row(CKA_WRAP, NO, MODIFIABLE),
          row(CKA_UNWRAP, NO, MODIFIABLE),
          row(CKA_EXTRACTABLE, NO, MODIFIABLE, STAYS_FALSE),
          row(CKA_ALWAYS_SENSITIVE, NO, FORBIDDEN_TO_CREATE, FORBIDDEN_TO_GENERATE),
          row(CKA_NEVER_EXTRACTABLE, NO, FORBIDDEN_TO_CREATE, FORBIDDEN_TO_GENERATE),
          row(CKA_WRAP_WITH_TRUSTED, NO, MODIFIABLE, STAYS_TRUE),
          row(CKA_TRUSTED, NO, TRUE_BY_SO, MODIFIABLE),
          row(CKA_CHECK_VALUE, ABSENT, IGNORED),
          row(CKA_WRAP_TEMPLATE, ABSENT),
          row(CKA_UNWRAP_TEMPLATE, ABSENT),
          row(CKA_DERIVE_TEMPLATE, ABSENT),
          row(CKA_VALUE_LEN, ABSENT, FORBIDDEN_TO_CREATE, REQUIRED_TO_GENERATE),
          secret(CKA_VALUE, REQUIRED_TO_CREATE));

  // PKCS#11 3.1, section 6.1.2 and 6.1.3: RSA.
  private static final List<Rule> RSA_PUBLIC =
      List.of(
          row(CKA_MODULUS, ABSENT, REQUIRED_TO_CREATE, FORBIDDEN_TO_GENERATE),
          row(CKA_MODULUS_BITS, ABSENT, FORBIDDEN_TO_CREATE, REQUIRED_TO_GENERATE),
          row(CKA_PUBLIC_EXPONENT, ABSENT, REQUIRED_TO_CREATE),
          row(CKA_ENCRYPT, YES, MODIFIABLE));
  private static final List<Rule> RSA_PRIVATE =
      List.of(
          row(CKA_DECRYPT, YES, MODIFIABLE),
          row(CKA_MODULUS, ABSENT, REQUIRED_TO_CREATE, FORBIDDEN_TO_GENERATE),
          row(CKA_PUBLIC_EXPONENT, ABSENT, FORBIDDEN_TO_GENERATE),
          secret(CKA_PRIVATE_EXPONENT, REQUIRED_TO_CREATE),
          secret(CKA_PRIME_1),
          secret(CKA_PRIME_2),
          secret(CKA_EXPONENT_1),
          secret(CKA_EXPONENT_2),
          secret(CKA_COEFFICIENT));

  // Section 6.3.3 and 6.3.4: elliptic curves. libp11 reads CKA_EC_POINT of private keys as well.
  private static final List<Rule> EC_PUBLIC =
      List.of(
          row(CKA_EC_PARAMS, ABSENT, REQUIRED_TO_CREATE, REQUIRED_TO_GENERATE),
          row(CKA_EC_POINT, ABSENT, REQUIRED_TO_CREATE, FORBIDDEN_TO_GENERATE));
  private static final List<Rule> EC_PRIVATE =
      List.of(
          row(CKA_EC_PARAMS, ABSENT, REQUIRED_TO_CREATE),
          row(CKA_EC_POINT, ABSENT, FORBIDDEN_TO_GENERATE),
          row(CKA_DERIVE, YES, MODIFIABLE),
          secret(CKA_VALUE, REQUIRED_TO_CREATE));

  private static final Map<ObjectClass, Map<Optional<KeyType>, Schema>> SCHEMAS =
      Map.of(
          CKO_DATA, Map.of(Optional.empty(), schema(STORAGE, PUBLIC_BY_DEFAULT, DATA)),
          CKO_CERTIFICATE,
              Map.of(Optional.empty(), schema(STORAGE, PUBLIC_BY_DEFAULT, CERTIFICATE)),
          CKO_MECHANISM, Map.of(Optional.empty(), schema(STORAGE, PUBLIC_BY_DEFAULT, MECHANISM)),
          CKO_PROFILE, Map.of(Optional.empty(), schema(STORAGE, PUBLIC_BY_DEFAULT, PROFILE)),
          CKO_TRUST, Map.of(Optional.empty(), schema(STORAGE, PUBLIC_BY_DEFAULT, TRUST)),
          CKO_PUBLIC_KEY,
              Map.of(
                  Optional.of(CKK_RSA),
                  schema(STORAGE, PUBLIC_BY_DEFAULT, KEY, PUBLIC_KEY, RSA_PUBLIC),
                  Optional.of(CKK_EC),
                  schema(STORAGE, PUBLIC_BY_DEFAULT, KEY, PUBLIC_KEY, EC_PUBLIC)),
          CKO_SECRET_KEY,
              Map.of(
                  Optional.of(CKK_GENERIC_SECRET),
                  schema(STORAGE, PRIVATE_BY_DEFAULT, KEY, SECRET_KEY),
                  Optional.of(CKK_AES),
                  schema(STORAGE, PRIVATE_BY_DEFAULT, KEY, SECRET_KEY)),
          CKO_PRIVATE_KEY,
              Map.of(
                  Optional.of(CKK_RSA),
                  schema(STORAGE, PRIVATE_BY_DEFAULT, KEY, PRIVATE_KEY, RSA_PRIVATE),
                  Optional.of(CKK_EC),
                  schema(STORAGE, PRIVATE_BY_DEFAULT, KEY, PRIVATE_KEY, EC_PRIVATE)));

  /** The classes of objects that clients make, keys aside. */
  private static final Set<ObjectClass> STORED = Set.of(CKO_DATA, CKO_CERTIFICATE, CKO_TRUST);

  private final Map<AttributeType, Rule> rules;

  private Schema(Map<AttributeType, Rule> rules) {
    this.rules = rules;
  }

  private static Rule row(AttributeType type, byte @Nullable [] byDefault, Footnote... footnotes) {
    Set<Footnote> set = EnumSet.noneOf(Footnote.class);
    set.addAll(Arrays.asList(footnotes));
    return new Rule(type, set, byDefault);
  }

  private static Rule secret(AttributeType type, Footnote... footnotes) {
    Rule rule = row(type, ABSENT, footnotes);
    rule.footnotes().addAll(Set.of(SECRET, FORBIDDEN_TO_GENERATE));
    return rule;
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only iterated
  private static Schema schema(List<Rule>... parts) {
    Map<AttributeType, Rule> rules = new EnumMap<>(AttributeType.class);
    Arrays.stream(parts).flatMap(Collection::stream).forEach(rule -> rules.put(rule.type(), rule));
    return new Schema(rules);
  }

  /** The schema of keys of a class and type. */
  public static Schema of(ObjectClass objectClass, KeyType keyType) {
    return find(objectClass, Optional.of(keyType)).orElseThrow();
  }

  /** The schema of an object that is there. */
  public static Schema of(Attributes attributes) {
    return ObjectClass.of(attributes.number(CKA_CLASS, -1))
        .flatMap(c -> find(c, KeyType.of(attributes.number(CKA_KEY_TYPE, -1))))
        .orElseThrow(() -> new IllegalArgumentException("an object of a class unknown here"));
  }

  /**
   * The schema of the object that a template for C_CreateObject describes.
   *
   * @throws CryptokiException CKR_TEMPLATE_INCOMPLETE without a class (or, for a key, its type);
   *     CKR_ATTRIBUTE_VALUE_INVALID for a class or key type that a token of ours does not hold
   */
  public static Schema of(Template template) {
    ObjectClass objectClass =
        template.number(CKA_CLASS).stream()
            .mapToObj(ObjectClass::of)
            .findFirst()
            .orElseThrow(() -> new CryptokiException(CKR_TEMPLATE_INCOMPLETE, "no CKA_CLASS"))
            .orElseThrow(() -> unheld(CKA_CLASS));
    if (STORED.contains(objectClass)) {
      return find(objectClass, Optional.empty()).orElseThrow();
    }
    if (objectClass == CKO_MECHANISM || objectClass == CKO_PROFILE) {
      throw unheld(CKA_CLASS); // nobody makes them
    }
    KeyType keyType =
        template.number(CKA_KEY_TYPE).stream()
            .mapToObj(KeyType::of)
            .findFirst()
            .orElseThrow(() -> new CryptokiException(CKR_TEMPLATE_INCOMPLETE, "no CKA_KEY_TYPE"))
            .orElseThrow(() -> unheld(CKA_KEY_TYPE));
    return find(objectClass, Optional.of(keyType)).orElseThrow(() -> unheld(CKA_KEY_TYPE));
  }

  private static Optional<Schema> find(ObjectClass objectClass, Optional<KeyType> keyType) {
    return Optional.ofNullable(SCHEMAS.get(objectClass)).map(byType -> byType.get(keyType));
  }

  private static CryptokiException unheld(AttributeType type) {
    return new CryptokiException(
        CKR_ATTRIBUTE_VALUE_INVALID, "objects of this %s are not held here".formatted(type));
  }

  /** Whether objects of this schema can have the attribute. */
  public boolean has(AttributeType type) {
    return rules.containsKey(type);
  }

  /** Whether the attribute is one that a sensitive or unextractable key does not reveal. */
  public boolean isSecret(AttributeType type) {
    Rule rule = rules.get(type);
    return rule != null && rule.footnotes().contains(SECRET);
  }

  /** Zeroes what is the key itself, when nobody reads these attributes any more. */
  public void eraseSecrets(Attributes attributes) {
    attributes.types().stream().filter(this::isSecret).forEach(attributes::erase);
  }

  /** The attributes without those that are the key itself. */
  public Attributes withoutSecrets(Attributes attributes) {
    Attributes.Builder rest = Attributes.builder();
    attributes.types().stream()
        .filter(type -> !isSecret(type))
        .forEach(type -> rest.put(type, attributes.bytes(type)));
    return rest.build();
  }

  /**
   * The attributes of a new object: what the template says, and the defaults for what it does not.
   * What the mechanism or the token contributes is for the caller to add.
   *
   * @param bySo whether the security officer asks
   * @throws CryptokiException CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_READ_ONLY,
   *     CKR_ATTRIBUTE_VALUE_INVALID, CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT
   */
  public Attributes create(Origin origin, Template template, boolean bySo) {
    Map<AttributeType, byte[]> values = template.values();
    values.forEach(
        (type, value) -> {
          Rule rule = rule(type);
          if (rule.footnotes().contains(origin.forbidden)) {
            throw new CryptokiException(
                CKR_ATTRIBUTE_READ_ONLY, "%s is not for the caller to say".formatted(type));
          }
          checkTrust(rule, value, bySo);
        });
    for (Rule rule : rules.values()) {
      if (!Collections.disjoint(rule.footnotes(), origin.required)
          && !values.containsKey(rule.type())) {
        throw new CryptokiException(CKR_TEMPLATE_INCOMPLETE, "no " + rule.type());
      }
    }
    Attributes.Builder attributes = Attributes.builder();
    for (Rule rule : rules.values()) {
      if (rule.byDefault() != null) {
        attributes.put(rule.type(), rule.byDefault());
      }
    }
    values.keySet().removeIf(type -> rule(type).footnotes().contains(IGNORED));
    Attributes made = attributes.putAll(values).build();
    values.forEach(
        (type, value) -> {
          if (isSecret(type)) {
            Arrays.fill(value, (byte) 0); // made has its own
          }
        });
    return made;
  }

  /**
   * The attributes of an object after C_SetAttributeValue.
   *
   * @throws CryptokiException CKR_ACTION_PROHIBITED where the object is not modifiable;
   *     CKR_ATTRIBUTE_READ_ONLY for an attribute that is never modified or no longer;
   *     CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID, CKR_TEMPLATE_INCONSISTENT
   */
  public Attributes modify(Attributes current, Template template, boolean bySo) {
    if (!current.isTrue(CKA_MODIFIABLE)) {
      throw new CryptokiException(CKR_ACTION_PROHIBITED, "the object is not modifiable");
    }
    if (current.number(CKA_CLASS, -1) == CKO_CERTIFICATE.code()
        && current.isTrue(CKA_TRUSTED)
        && !bySo) {
      throw new CryptokiException(
          CKR_ACTION_PROHIBITED, "a trusted certificate is the security officer's (4.6.2)");
    }
    return change(current, template, bySo, EnumSet.of(MODIFIABLE));
  }

  /**
   * The attributes of a copy: those of the original but for what the template says.
   *
   * @throws CryptokiException as for {@link #modify}
   */
  public Attributes copy(Attributes original, Template template, boolean bySo) {
    if (!original.isTrue(CKA_COPYABLE)) {
      throw new CryptokiException(CKR_ACTION_PROHIBITED, "the object is not copyable");
    }
    Attributes copy = change(original, template, bySo, EnumSet.of(MODIFIABLE, SET_BY_COPY));
    if (original.isTrue(CKA_PRIVATE) && !copy.isTrue(CKA_PRIVATE)) {
      throw new CryptokiException(
          CKR_TEMPLATE_INCONSISTENT, "a copy of what is private is private");
    }
    return copy;
  }

  private Attributes change(
      Attributes current, Template template, boolean bySo, Set<Footnote> permitting) {
    Map<AttributeType, byte[]> values = template.values();
    List<AttributeType> same = new ArrayList<>();
    values.forEach(
        (type, value) -> {
          Rule rule = rule(type);
          boolean unchanged = current.matches(type, value);
          boolean fixed =
              (rule.footnotes().contains(STAYS_TRUE) && current.isTrue(type))
                  || (rule.footnotes().contains(STAYS_FALSE) && !current.isTrue(type));
          if (rule.footnotes().stream().noneMatch(permitting::contains) || (fixed && !unchanged)) {
            throw new CryptokiException(
                CKR_ATTRIBUTE_READ_ONLY, "%s is not to be changed".formatted(type));
          }
          if (unchanged) {
            same.add(type);
          } else {
            checkTrust(rule, value, bySo);
          }
        });
    same.forEach(values::remove);
    return current.toBuilder().putAll(values).build();
  }

  private Rule rule(AttributeType type) {
    Rule rule = rules.get(type);
    if (rule == null) {
      throw new CryptokiException(
          CKR_ATTRIBUTE_TYPE_INVALID, "objects of this class have no " + type);
    }
    return rule;
  }

  private static void checkTrust(Rule rule, byte[] value, boolean bySo) {
    if (rule.footnotes().contains(TRUE_BY_SO) && value[0] != 0 && !bySo) {
      throw new CryptokiException(
          CKR_ATTRIBUTE_READ_ONLY, rule.type() + " is set to true by the security officer alone");
    }
  }
}
