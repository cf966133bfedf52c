package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_AEAD_DECRYPT_FAILED;
import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_LEN_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_HANDLE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_NOT_WRAPPABLE;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_SIZE_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_TYPE_INCONSISTENT;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_UNEXTRACTABLE;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCOMPLETE;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCONSISTENT;
import static dev.tpm2token.token.ReturnValue.CKR_UNWRAPPING_KEY_HANDLE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT;
import static dev.tpm2token.token.ReturnValue.CKR_WRAPPED_KEY_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_WRAPPED_KEY_LEN_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_WRAPPING_KEY_HANDLE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_WRAPPING_KEY_TYPE_INCONSISTENT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TRUSTED;
import static dev.tpm2token.token.attribute.AttributeType.CKA_UNWRAP;
import static dev.tpm2token.token.attribute.AttributeType.CKA_UNWRAP_TEMPLATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE_LEN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_WRAP;
import static dev.tpm2token.token.attribute.AttributeType.CKA_WRAP_TEMPLATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_WRAP_WITH_TRUSTED;

import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Parameter;
import dev.tpm2token.token.mechanism.Wrapper;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.token.object.ObjectClass;
import dev.tpm2token.token.object.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** C_WrapKey and C_UnwrapKey (PKCS#11 3.1, 5.18.3 and 5.18.4). */
public final class KeyWrapping {
  private static final Map<ReturnValue, ReturnValue> WRAPPING =
      Map.of(
          CKR_KEY_HANDLE_INVALID, CKR_WRAPPING_KEY_HANDLE_INVALID,
          CKR_KEY_TYPE_INCONSISTENT, CKR_WRAPPING_KEY_TYPE_INCONSISTENT);
  static final Map<ReturnValue, ReturnValue> UNWRAPPING =
      Map.of(
          CKR_KEY_HANDLE_INVALID, CKR_UNWRAPPING_KEY_HANDLE_INVALID,
          CKR_KEY_TYPE_INCONSISTENT, CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT,
          CKR_AEAD_DECRYPT_FAILED, CKR_WRAPPED_KEY_INVALID,
          CKR_ENCRYPTED_DATA_INVALID, CKR_WRAPPED_KEY_INVALID,
          CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_WRAPPED_KEY_LEN_RANGE,
          CKR_KEY_SIZE_RANGE, CKR_WRAPPED_KEY_LEN_RANGE);

  private final Token token;
  private final KeyAccess access;
  private final Session session;

  KeyWrapping(Token token, KeyAccess access, Session session) {
    this.token = token;
    this.access = access;
    this.session = session;
  }

  /**
   * A wrapping that may be done.
   *
   * @param length bytes that it gives
   * @param work does it
   */
  public record Wrapping(int length, Supplier<byte[]> work) {}

  /** C_WrapKey, checked but not done. */
  public Wrapping wrap(MechanismCall call, long wrappingKey, long key) {
    Mechanism mechanism = access.mechanism(call, Function.WRAP);
    CryptokiObject with = translated(WRAPPING, () -> access.key(wrappingKey, CKA_WRAP, mechanism));
    Secret secret = wrappable(access.key(key), with);
    int length = secret.use(bytes -> bytes.length);
    try (Wrapper wrapper = wrapper(mechanism, call, with)) {
      return new Wrapping(
          wrapper.length(length),
          () -> {
            try (Wrapper opened = wrapper(mechanism, call, with)) {
              return secret.use(opened::wrap);
            }
          });
    }
  }

  private Wrapper wrapper(Mechanism mechanism, MechanismCall call, CryptokiObject with) {
    return access.begin(
        with, opened -> Wrapper.of(mechanism, call.parameter(), token.device(), opened));
  }

  /**
   * A wrapping with associated data that may be done.
   *
   * @param length bytes that it gives, without the tag
   * @param work does it
   */
  public record Authenticated(int length, Supplier<MessageCiphering.Result> work) {}

  /** C_WrapKeyAuthenticated of 3.2, checked but not done: AES-GCM, the tag apart. */
  public Authenticated wrapAuthenticated(
      MechanismCall call, long wrappingKey, long key, byte[] associated) {
    Mechanism mechanism = access.authenticatingMechanism(call, Function.WRAP);
    CryptokiObject with = translated(WRAPPING, () -> access.key(wrappingKey, CKA_WRAP, mechanism));
    Secret secret = wrappable(access.key(key), with);
    return new Authenticated(
        secret.use(bytes -> bytes.length),
        () -> {
          MessageCiphering encryption = messages(true, mechanism, with);
          return secret.use(
              bytes ->
                  encryption.single((Parameter.GcmMessage) call.parameter(), associated, bytes));
        });
  }

  /** C_UnwrapKeyAuthenticated of 3.2: the new key's handle. */
  public long unwrapAuthenticated(
      MechanismCall call,
      long unwrappingKey,
      byte[] wrapped,
      Template template,
      byte[] associated) {
    Mechanism mechanism = access.authenticatingMechanism(call, Function.UNWRAP);
    CryptokiObject with =
        translated(UNWRAPPING, () -> access.key(unwrappingKey, CKA_UNWRAP, mechanism));
    return made(
        with,
        template,
        () ->
            messages(false, mechanism, with)
                .single((Parameter.GcmMessage) call.parameter(), associated, wrapped)
                .text());
  }

  private MessageCiphering messages(boolean encrypting, Mechanism mechanism, CryptokiObject with) {
    MessageCiphering messages = new MessageCiphering(encrypting, token, access);
    messages.begin(mechanism, with);
    return messages;
  }

  private static Secret wrappable(CryptokiObject object, CryptokiObject with) {
    Attributes attributes = object.attributes();
    Secret secret = object.secret();
    if (secret == null) {
      boolean inTpm = object.key() != null;
      throw new CryptokiException(
          inTpm ? CKR_KEY_UNEXTRACTABLE : CKR_KEY_NOT_WRAPPABLE,
          inTpm ? "the key never leaves the TPM" : "public keys are not wrapped");
    }
    if (!attributes.isTrue(CKA_EXTRACTABLE)) {
      throw new CryptokiException(CKR_KEY_UNEXTRACTABLE, "CKA_EXTRACTABLE is false");
    }
    if (attributes.isTrue(CKA_WRAP_WITH_TRUSTED) && !with.attributes().isTrue(CKA_TRUSTED)) {
      throw new CryptokiException(CKR_KEY_NOT_WRAPPABLE, "the wrapping key is not trusted");
    }
    if (with.attributes().template(CKA_WRAP_TEMPLATE).stream()
        .anyMatch(template -> !template.matches(attributes))) {
      throw new CryptokiException(
          CKR_KEY_HANDLE_INVALID, "the wrapping key's CKA_WRAP_TEMPLATE leaves it out");
    }
    return secret;
  }

  /** C_UnwrapKey: the new key's handle. */
  public long unwrap(MechanismCall call, long unwrappingKey, byte[] wrapped, Template template) {
    Mechanism mechanism = access.mechanism(call, Function.UNWRAP);
    CryptokiObject with =
        translated(UNWRAPPING, () -> access.key(unwrappingKey, CKA_UNWRAP, mechanism));
    return made(with, template, () -> unwrapped(mechanism, call, with, wrapped));
  }

  /** C_DecapsulateKey with RSA: "exactly equivalent to C_UnwrapKey" (3.2, 6.1.6 and 6.1.8). */
  long decapsulate(
      Mechanism mechanism, MechanismCall call, CryptokiObject with, byte[] wrapped, Template t) {
    byte[] key = translated(UNWRAPPING, () -> unwrapped(mechanism, call, with, wrapped));
    try {
      return secretKey(key, t, wrongLength(with));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** Makes the key of what comes out, as the template and the unwrapping key's own say. */
  private long made(CryptokiObject with, Template given, Supplier<byte[]> work) {
    Template template =
        with.attributes().template(CKA_UNWRAP_TEMPLATE).map(given::and).orElse(given);
    ObjectClass made =
        ObjectClass.of(template.number(CKA_CLASS).orElse(ObjectClass.CKO_SECRET_KEY.code()))
            .filter(c -> c == ObjectClass.CKO_SECRET_KEY || c == ObjectClass.CKO_PRIVATE_KEY)
            .orElseThrow(
                () -> new CryptokiException(CKR_TEMPLATE_INCONSISTENT, "nothing that is wrapped"));
    byte[] key = translated(UNWRAPPING, work);
    try {
      return made == ObjectClass.CKO_SECRET_KEY
          ? secretKey(key, template, wrongLength(with))
          : new KeyImporter(token).unwrapped(session, privateType(template), template, key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private byte[] unwrapped(
      Mechanism mechanism, MechanismCall call, CryptokiObject with, byte[] wrapped) {
    KeyAccess.checkWantsNoPin(with);
    try (Wrapper wrapper = wrapper(mechanism, call, with)) {
      return wrapper.unwrap(wrapped);
    }
  }

  /**
   * What a key of another length than wanted is: with RSA the same as where the padding is wrong,
   * because another return value would tell that it is right (Bleichenbacher 1998).
   */
  private static ReturnValue wrongLength(CryptokiObject with) {
    return with.attributes().number(CKA_KEY_TYPE, -1) == KeyType.CKK_RSA.code()
        ? CKR_WRAPPED_KEY_INVALID
        : CKR_WRAPPED_KEY_LEN_RANGE;
  }

  private long secretKey(byte[] key, Template template, ReturnValue wrongLength) {
    SecretKeys keys = new SecretKeys(token);
    keyType(template);
    Attributes attributes =
        keys.begin(
            Schema.Origin.TAKEN, SecretKeys.type(template), SecretKeys.extractable(template));
    token.checkMayMake(session, List.of(attributes));
    if (attributes.number(CKA_VALUE_LEN, key.length) != key.length) {
      throw new CryptokiException(wrongLength, "the key has another length");
    }
    return translated(UNWRAPPING, () -> keys.add(session, attributes, Secret.copyOf(key)));
  }

  /** CKA_KEY_TYPE, which must be there (4.7.1, footnote 5). */
  private static long keyType(Template template) {
    return template
        .number(CKA_KEY_TYPE)
        .orElseThrow(() -> new CryptokiException(CKR_TEMPLATE_INCOMPLETE, "no CKA_KEY_TYPE"));
  }

  private static KeyType privateType(Template template) {
    return KeyType.of(keyType(template))
        .filter(type -> type == KeyType.CKK_RSA || type == KeyType.CKK_EC)
        .orElseThrow(
            () -> new CryptokiException(CKR_TEMPLATE_INCONSISTENT, "not a type of private key"));
  }

  /** The return values that these functions have where others have their own. */
  static <T> T translated(Map<ReturnValue, ReturnValue> table, Supplier<T> work) {
    try {
      return work.get();
    } catch (CryptokiException e) {
      throw new CryptokiException(
          table.getOrDefault(e.returnValue(), e.returnValue()), String.valueOf(e.getMessage()), e);
    }
  }
}
