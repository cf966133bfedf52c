package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_SIZE_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_WRAPPED_KEY_INVALID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ALWAYS_SENSITIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_POINT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_NEVER_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.PrivateKeys;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.device.PrivateKeyMaterial;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.token.object.ObjectClass;
import dev.tpm2token.token.object.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Objects that come from outside: C_CreateObject, and the private keys of C_UnwrapKey. A private
 * key is wrapped to the TPM's storage key here and imported; the module keeps nothing else of it.
 */
final class KeyImporter {
  /** A CKA_VALUE of a length that no key of its type has is a wrong value (5.7.1). */
  private static final Map<ReturnValue, ReturnValue> CREATING =
      Map.of(CKR_KEY_SIZE_RANGE, CKR_ATTRIBUTE_VALUE_INVALID);

  private final Token token;

  KeyImporter(Token token) {
    this.token = token;
  }

  /** C_CreateObject: the new object's handle. */
  long create(Session session, Template template) {
    Attributes attributes = token.factory().create(template, token.login() == LoginState.SO);
    try {
      return create(session, attributes);
    } finally {
      Schema.of(attributes).eraseSecrets(attributes);
    }
  }

  private long create(Session session, Attributes attributes) {
    long objectClass = attributes.number(CKA_CLASS, -1);
    if (objectClass == ObjectClass.CKO_PRIVATE_KEY.code()) {
      checkMayImport(session, attributes);
      try (PrivateKeyMaterial material = PrivateKeys.of(attributes)) {
        return add(session, attributes, material);
      }
    }
    if (objectClass == ObjectClass.CKO_SECRET_KEY.code()) {
      token.checkMayMake(session, List.of(attributes));
      Secret secret = Secret.taking(attributes.bytes(CKA_VALUE));
      Attributes rest = Schema.of(attributes).withoutSecrets(attributes);
      return KeyWrapping.translated(
          CREATING, () -> new SecretKeys(token).add(session, rest, secret));
    }
    return token.add(session, List.of(token.factory().object(attributes)))[0];
  }

  /** A private key out of a PKCS#8 PrivateKeyInfo. */
  long unwrapped(Session session, KeyType type, Template template, byte[] privateKeyInfo) {
    long privateKey = ObjectClass.CKO_PRIVATE_KEY.code();
    Attributes attributes =
        Schema.of(ObjectClass.CKO_PRIVATE_KEY, type)
            .create(Schema.Origin.TAKEN, template, token.login() == LoginState.SO)
            .toBuilder()
            .put(CKA_CLASS, privateKey)
            .put(CKA_KEY_TYPE, type.code())
            .build();
    checkMayImport(session, attributes);
    try (PrivateKeyMaterial material = PrivateKeys.ofPkcs8(privateKeyInfo)) {
      if (material.publicKey() instanceof PublicKey.Rsa != (type == KeyType.CKK_RSA)) {
        throw new CryptokiException(CKR_WRAPPED_KEY_INVALID, "a key of another type");
      }
      return add(session, attributes, material);
    }
  }

  private void checkMayImport(Session session, Attributes attributes) {
    token.checkMayMake(session, List.of(attributes));
    KeyPairGenerator.checkAlwaysAuthenticate(attributes);
    if (attributes.isTrue(CKA_EXTRACTABLE)) {
      throw new CryptokiException(
          CKR_ATTRIBUTE_VALUE_INVALID, "a key in the TPM never leaves it: not extractable");
    }
  }

  private long add(Session session, Attributes attributes, PrivateKeyMaterial material) {
    PublicKey publicKey = material.publicKey();
    ObjectFactory.checkPublicKeyInfo(attributes, publicKey);
    if (publicKey instanceof PublicKey.Ec && attributes.get(CKA_EC_POINT).isPresent()) {
      checkPoint(attributes, publicKey);
    }
    token.device().checkHolds(publicKey);
    CryptokiObject.TpmKey key = token.imported(material);
    return token
        .add(session, List.of(token.factory().object(complete(attributes, publicKey), key)))[0];
  }

  /** libp11 and others give the point of a private key as well. */
  private static void checkPoint(Attributes attributes, PublicKey key) {
    byte[] info = PublicKey.of(attributes).subjectPublicKeyInfo();
    if (!Arrays.equals(info, key.subjectPublicKeyInfo())) {
      throw new CryptokiException(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_EC_POINT is of another key");
    }
  }

  /** What follows from the key itself; it was seen outside of the TPM. */
  static Attributes complete(Attributes attributes, PublicKey key) {
    Attributes.Builder complete =
        Schema.of(attributes).withoutSecrets(attributes).toBuilder()
            .put(CKA_PUBLIC_KEY_INFO, key.subjectPublicKeyInfo())
            .put(CKA_ALWAYS_SENSITIVE, false)
            .put(CKA_NEVER_EXTRACTABLE, false);
    for (AttributeType type : key.attributes().types()) {
      complete.put(type, key.attributes().bytes(type));
    }
    if (attributes.bytes(CKA_ID).length == 0) {
      complete.put(CKA_ID, key.defaultId());
    }
    return complete.build();
  }
}
