package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_KEY_SIZE_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCONSISTENT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ALLOWED_MECHANISMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ALWAYS_SENSITIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_GEN_MECHANISM;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LOCAL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_NEVER_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SENSITIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE_LEN;

import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.device.TpmSecretKeys;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.token.object.ObjectClass;
import dev.tpm2token.token.object.Schema;
import dev.tpm2token.token.store.TokenRecord;
import dev.tpm2token.tpm.KeyBlob;
import dev.tpm2token.tpm.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes secret keys (PKCS#11 3.1, 4.10). One that stays on the token and is never shown (CKA_TOKEN,
 * CKA_SENSITIVE, not CKA_EXTRACTABLE) is the TPM's as private keys are, if the TPM can do what it
 * is for. All others are software's: in memory while they are used, and in the store encrypted
 * under the token key, which the TPM gives out for a PIN.
 */
public final class SecretKeys {
  /** The longest generic secret, in bytes. */
  public static final int LONGEST = 1024;

  private final Token token;

  SecretKeys(Token token) {
    this.token = token;
  }

  /** C_GenerateKey. */
  long generate(Session session, Mechanism mechanism, Template template) {
    KeyType type = mechanism.keyType().orElseThrow();
    Attributes attributes = begin(Schema.Origin.GENERATED, type, template);
    long length = attributes.number(CKA_VALUE_LEN, 0);
    checkLength(type, length);
    token.checkMayMake(session, List.of(attributes));
    Attributes complete =
        attributes.toBuilder()
            .put(CKA_LOCAL, true)
            .put(CKA_KEY_GEN_MECHANISM, mechanism.type())
            .put(CKA_ALWAYS_SENSITIVE, attributes.isTrue(CKA_SENSITIVE))
            .put(CKA_NEVER_EXTRACTABLE, !attributes.isTrue(CKA_EXTRACTABLE))
            .build();
    int bytes = (int) length;
    if (type == KeyType.CKK_AES && isForTpm(complete, bytes)) {
      TokenRecord.ParentKey parent = token.record().parent();
      return add(session, inTpm(complete, auth -> keys().generateAes(parent, bytes, auth)));
    }
    return add(session, complete, Secret.taking(token.device().random(bytes)));
  }

  private long add(Session session, CryptokiObject object) {
    return token.add(session, List.of(object))[0];
  }

  /** The attributes of a secret key that a template for making one describes. */
  Attributes begin(Schema.Origin origin, KeyType type, Template template) {
    Attributes attributes =
        Schema.of(ObjectClass.CKO_SECRET_KEY, type)
            .create(origin, template, token.login() == LoginState.SO);
    long secretKey = ObjectClass.CKO_SECRET_KEY.code();
    if (attributes.number(CKA_CLASS, secretKey) != secretKey
        || attributes.number(CKA_KEY_TYPE, type.code()) != type.code()) {
      throw new CryptokiException(CKR_TEMPLATE_INCONSISTENT, "no such key comes of that");
    }
    return attributes.toBuilder().put(CKA_CLASS, secretKey).put(CKA_KEY_TYPE, type.code()).build();
  }

  /** The type of secret key that a template asks for; a generic secret where it does not say. */
  static KeyType type(Template template) {
    return KeyType.of(template.number(CKA_KEY_TYPE).orElse(KeyType.CKK_GENERIC_SECRET.code()))
        .filter(type -> type == KeyType.CKK_AES || type == KeyType.CKK_GENERIC_SECRET)
        .orElseThrow(
            () -> new CryptokiException(CKR_TEMPLATE_INCONSISTENT, "not a type of secret key"));
  }

  /** What C_UnwrapKey and its like make is extractable unless the client says not (5.18.4). */
  static Template extractable(Template template) {
    return template.has(CKA_EXTRACTABLE)
        ? template
        : template.and(Template.of(Attributes.builder().put(CKA_EXTRACTABLE, true).build()));
  }

  /**
   * What is agreed on for one session is for the client, unless it says otherwise (6.3.17: "some
   * default value"): Java's ECDH says nothing and reads the secret.
   */
  static Attributes readable(Attributes derived, Template template) {
    return derived.isTrue(CKA_TOKEN) || template.has(CKA_SENSITIVE) || template.has(CKA_EXTRACTABLE)
        ? derived
        : derived.toBuilder().put(CKA_SENSITIVE, false).put(CKA_EXTRACTABLE, true).build();
  }

  static void checkLength(KeyType type, long length) {
    boolean right =
        type == KeyType.CKK_AES
            ? length == 16 || length == 24 || length == 32
            : length >= 1 && length <= LONGEST;
    if (!right) {
      throw new CryptokiException(CKR_KEY_SIZE_RANGE, "no %s has %d bytes".formatted(type, length));
    }
  }

  private TpmSecretKeys keys() {
    return token.device().secretKeys();
  }

  /** Whether the TPM is to hold a key of so many bytes, and can. */
  private boolean isForTpm(Attributes attributes, int length) {
    boolean stays =
        attributes.isTrue(CKA_TOKEN)
            && attributes.isTrue(CKA_SENSITIVE)
            && !attributes.isTrue(CKA_EXTRACTABLE);
    return stays
        && token
            .device()
            .offers(
                () ->
                    isAes(attributes)
                        ? keys().holdsAes(length)
                        : keys().holdsGeneric(length) && hmacs().containsAll(allowed(attributes)));
  }

  private static boolean isAes(Attributes attributes) {
    return attributes.number(CKA_KEY_TYPE, -1) == KeyType.CKK_AES.code();
  }

  /** What the TPM does with a generic secret: HMACs with the hash algorithms that it has. */
  private List<Long> hmacs() {
    return token.device().mechanisms().stream()
        .filter(row -> row.isHmacOf(token.device()))
        .map(Mechanism::type)
        .toList();
  }

  private static Set<Long> allowed(Attributes attributes) {
    return Arrays.stream(attributes.numbers(CKA_ALLOWED_MECHANISMS))
        .boxed()
        .collect(Collectors.toSet());
  }

  /** A key that the TPM makes or takes. What it does not do with it, is not allowed. */
  private CryptokiObject inTpm(Attributes attributes, Function<byte[], KeyBlob> making) {
    Attributes.Builder complete = attributes.toBuilder();
    if (!isAes(attributes)) {
      long[] hmacs = hmacs().stream().mapToLong(Long::longValue).toArray();
      complete.putIfAbsent(CKA_ALLOWED_MECHANISMS, Attributes.encode(hmacs));
    }
    return token.factory().object(complete.build(), token.newKey(Policy.NONE, making));
  }

  private CryptokiObject inTpm(Attributes attributes, Secret secret) {
    TokenRecord.ParentKey parent = token.record().parent();
    return inTpm(
        attributes,
        auth ->
            secret.use(
                bytes ->
                    isAes(attributes)
                        ? keys().importAes(parent, bytes, auth)
                        : keys().importGeneric(parent, bytes, auth)));
  }

  /** Keeps a secret key, which takes the secret over. */
  long add(Session session, Attributes attributes, Secret secret) {
    int length = secret.use(bytes -> bytes.length);
    boolean kept = false;
    try {
      checkLength(KeyType.of(attributes.number(CKA_KEY_TYPE, -1)).orElseThrow(), length);
      Attributes complete = attributes.toBuilder().put(CKA_VALUE_LEN, length).build();
      if (isForTpm(complete, length)) {
        return add(session, inTpm(complete, secret));
      }
      long handle = add(session, token.factory().object(complete, secret));
      kept = true;
      return handle;
    } finally {
      if (!kept) {
        secret.close();
      }
    }
  }
}
