package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_KEY_FUNCTION_NOT_PERMITTED;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_HANDLE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_TYPE_INCONSISTENT;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_OBJECT_HANDLE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_USER_NOT_LOGGED_IN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ALLOWED_MECHANISMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ALWAYS_AUTHENTICATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.mechanism.Parameter;
import dev.tpm2token.token.mechanism.Work;
import dev.tpm2token.token.object.CryptokiObject;
import java.util.Arrays;
import java.util.Optional;

/** What each C_…Init checks: whether the mechanism does that here, and whether the key may. */
final class KeyAccess {
  private final Token token;

  KeyAccess(Token token) {
    this.token = token;
  }

  /** The mechanism's row, if it does that here and the parameter is of the kind that it takes. */
  Mechanism mechanism(MechanismCall call, Function function) {
    Mechanism mechanism = row(call.type(), function);
    checkParameter(mechanism, fits(mechanism.shape(), call.parameter()));
    return mechanism;
  }

  /**
   * The same for messages: what encrypts has a parameter for each message, or one to begin with.
   */
  Mechanism messageMechanism(MechanismCall call, Function function) {
    Mechanism mechanism = row(call.type(), function);
    Parameter parameter = call.parameter();
    checkParameter(
        mechanism,
        mechanism.work() instanceof Work.Ciphers
            ? parameter instanceof Parameter.GcmMessage || parameter instanceof Parameter.None
            : fits(mechanism.shape(), parameter));
    return mechanism;
  }

  /** The same for wrapping with associated data (3.2): each key has the parameter of a message. */
  Mechanism authenticatingMechanism(MechanismCall call, Function function) {
    Mechanism mechanism = row(call.type(), function);
    if (mechanism.shape() != Parameter.Shape.GCM) {
      throw new CryptokiException(
          CKR_MECHANISM_INVALID, mechanism.name() + " takes no associated data");
    }
    checkParameter(mechanism, call.parameter() instanceof Parameter.GcmMessage);
    return mechanism;
  }

  private Mechanism row(long type, Function function) {
    return token
        .device()
        .mechanism(type)
        .filter(row -> row.functions().contains(function))
        .orElseThrow(
            () ->
                new CryptokiException(
                    CKR_MECHANISM_INVALID,
                    "mechanism 0x%x does not %s here".formatted(type, function)));
  }

  private static void checkParameter(Mechanism mechanism, boolean fits) {
    if (!fits) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID,
          "%s takes another parameter: %s".formatted(mechanism.name(), mechanism.shape()));
    }
  }

  private static boolean fits(Parameter.Shape shape, Parameter parameter) {
    return switch (shape) {
      case NONE -> parameter instanceof Parameter.None;
      case BYTES -> parameter instanceof Parameter.Bytes || parameter instanceof Parameter.None;
      case LENGTH -> parameter instanceof Parameter.Length;
      case PSS -> parameter instanceof Parameter.Pss;
      case OAEP -> parameter instanceof Parameter.Oaep;
      case RSA_AES -> parameter instanceof Parameter.RsaAes;
      case ECDH1 -> parameter instanceof Parameter.Ecdh1;
      case COUNTER -> parameter instanceof Parameter.Counter;
      case GCM -> parameter instanceof Parameter.Gcm;
    };
  }

  /** The key of a handle, if it may do that. */
  CryptokiObject key(long handle, AttributeType permission, Mechanism mechanism) {
    CryptokiObject object = key(handle);
    Attributes attributes = object.attributes();
    if (mechanism.keyType().stream()
        .anyMatch(type -> type.code() != attributes.number(CKA_KEY_TYPE, -1))) {
      throw new CryptokiException(
          CKR_KEY_TYPE_INCONSISTENT, mechanism.name() + " is for other keys");
    }
    Optional<byte[]> allowed = attributes.get(CKA_ALLOWED_MECHANISMS);
    boolean forbidden =
        allowed.isPresent()
            && Arrays.stream(attributes.numbers(CKA_ALLOWED_MECHANISMS))
                .noneMatch(type -> type == mechanism.type());
    if (!attributes.isTrue(permission) || forbidden) {
      throw new CryptokiException(
          CKR_KEY_FUNCTION_NOT_PERMITTED,
          forbidden ? "CKA_ALLOWED_MECHANISMS leaves it out" : permission + " is false");
    }
    return object;
  }

  /** The key of a handle. */
  CryptokiObject key(long handle) {
    CryptokiObject object;
    try {
      object = token.object(handle);
    } catch (CryptokiException e) {
      throw e.returnValue() == CKR_OBJECT_HANDLE_INVALID
          ? new CryptokiException(CKR_KEY_HANDLE_INVALID)
          : e;
    }
    if (object.attributes().get(CKA_KEY_TYPE).isEmpty()) {
      throw new CryptokiException(CKR_KEY_HANDLE_INVALID, "not a key");
    }
    return object;
  }

  /**
   * For functions that begin and use a key in one: there is no moment for the PIN that a key with
   * CKA_ALWAYS_AUTHENTICATE wants for each use.
   *
   * @throws CryptokiException CKR_USER_NOT_LOGGED_IN
   */
  static void checkWantsNoPin(CryptokiObject key) {
    if (key.attributes().isTrue(CKA_ALWAYS_AUTHENTICATE)) {
      throw new CryptokiException(
          CKR_USER_NOT_LOGGED_IN, "there is no moment between the beginning and the use for a PIN");
    }
  }

  /** Work that begins with a key; it keeps nothing of a secret, and owns a key in the TPM. */
  interface Beginning<T> {
    /** Begins. */
    T with(Operations.Key key);
  }

  /** Begins an operation with a key, whatever its class. */
  <T> T begin(CryptokiObject object, Beginning<T> beginning) {
    Secret secret = object.secret();
    if (secret != null) {
      return beginning.with(new Operations.Key.Symmetric(secret));
    }
    if (object.key() == null) {
      return beginning.with(new Operations.Key.Public(PublicKey.of(object.attributes())));
    }
    KeyInUse inUse = token.use(object);
    Operations.Key opened =
        inUse.publicHalf().isPresent()
            ? new Operations.Key.Private(inUse)
            : new Operations.Key.TpmSecret(inUse);
    boolean begun = false;
    try {
      T result = beginning.with(opened);
      begun = true;
      return result;
    } finally {
      if (!begun) {
        opened.close();
      }
    }
  }
}
