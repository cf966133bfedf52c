package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_CURVE_NOT_SUPPORTED;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_SIZE_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCONSISTENT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ALWAYS_AUTHENTICATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ALWAYS_SENSITIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_PARAMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_GEN_MECHANISM;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LOCAL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MODULUS_BITS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_NEVER_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIVATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_EXPONENT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SENSITIVE;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.KeyKind;
import dev.tpm2token.token.device.PublicAreas;
import dev.tpm2token.token.device.TpmKeys;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.token.object.ObjectClass;
import dev.tpm2token.token.object.Schema;
import dev.tpm2token.token.store.TokenRecord;
import dev.tpm2token.tpm.Policy;
import java.math.BigInteger;
import java.util.List;

/** Makes key pairs: the private half in the TPM, both halves as objects (PKCS#11 3.1, 5.18.2). */
final class KeyPairGenerator {
  private static final BigInteger F4 = BigInteger.valueOf(65537);

  private final Token token;

  KeyPairGenerator(Token token) {
    this.token = token;
  }

  /**
   * The handles of the public and of the private key.
   *
   * @param policy what has to be so for the key to be used, besides the login
   */
  long[] generate(
      Session session,
      Mechanism mechanism,
      Template publicTemplate,
      Template privateTemplate,
      Policy policy) {
    KeyType type = mechanism.keyType().orElseThrow();
    boolean bySo = token.login() == LoginState.SO;
    Attributes publicHalf =
        begin(ObjectClass.CKO_PUBLIC_KEY, type, mechanism, publicTemplate, bySo);
    Attributes privateHalf =
        begin(ObjectClass.CKO_PRIVATE_KEY, type, mechanism, privateTemplate, bySo);
    checkKeepable(privateHalf);
    KeyKind kind = kind(type, publicHalf);
    token.checkMayMake(session, List.of(publicHalf, privateHalf));

    TpmKeys keys = token.device().keys();
    TokenRecord.ParentKey parent = token.record().parent();
    CryptokiObject.TpmKey key =
        token.newKey(policy, auth -> keys.generate(parent, kind, auth, policy));
    PublicKey publicKey = PublicAreas.publicKey(keys.publicArea(key));
    byte[] id = id(publicHalf, privateHalf, publicKey);
    // The private key comes last: whoever finds it finds its public half as well.
    return token.add(
        session,
        List.of(
            token.factory().object(complete(publicHalf, publicKey, id)),
            token.factory().object(complete(privateHalf, publicKey, id), key)));
  }

  private static Attributes begin(
      ObjectClass objectClass, KeyType type, Mechanism mechanism, Template template, boolean bySo) {
    Attributes attributes =
        Schema.of(objectClass, type).create(Schema.Origin.GENERATED, template, bySo);
    if (attributes.number(CKA_CLASS, objectClass.code()) != objectClass.code()
        || attributes.number(CKA_KEY_TYPE, type.code()) != type.code()) {
      throw new CryptokiException(
          CKR_TEMPLATE_INCONSISTENT, mechanism.name() + " makes no such object");
    }
    return attributes.toBuilder()
        .put(CKA_CLASS, objectClass.code())
        .put(CKA_KEY_TYPE, type.code())
        .put(CKA_LOCAL, true)
        .put(CKA_KEY_GEN_MECHANISM, mechanism.type())
        .build();
  }

  private static void checkKeepable(Attributes privateHalf) {
    if (privateHalf.isTrue(CKA_EXTRACTABLE)) {
      throw new CryptokiException(
          CKR_ATTRIBUTE_VALUE_INVALID, "a key made in the TPM never leaves it: not extractable");
    }
    checkAlwaysAuthenticate(privateHalf);
  }

  /** Who is asked for a PIN at each use has to be the one who sees the key. */
  static void checkAlwaysAuthenticate(Attributes privateKey) {
    if (privateKey.isTrue(CKA_ALWAYS_AUTHENTICATE) && !privateKey.isTrue(CKA_PRIVATE)) {
      throw new CryptokiException(
          CKR_TEMPLATE_INCONSISTENT, "CKA_ALWAYS_AUTHENTICATE is for private objects");
    }
  }

  private KeyKind kind(KeyType type, Attributes publicHalf) {
    return switch (type) {
      case CKK_RSA -> {
        long bits = publicHalf.number(CKA_MODULUS_BITS, 0);
        if (!token.device().offers(() -> token.device().rsaBits().contains(bits))) {
          throw new CryptokiException(
              CKR_KEY_SIZE_RANGE,
              "RSA of %d bits is not to be had: this TPM makes %s"
                  .formatted(bits, token.device().rsaBits()));
        }
        byte[] exponent = publicHalf.bytes(CKA_PUBLIC_EXPONENT);
        if (exponent.length != 0 && !new BigInteger(1, exponent).equals(F4)) {
          throw new CryptokiException(
              CKR_ATTRIBUTE_VALUE_INVALID, "the public exponent of a TPM's RSA key is 65537");
        }
        yield new KeyKind.Rsa((int) bits);
      }
      case CKK_EC -> {
        Curve curve =
            Curve.ofParameters(publicHalf.bytes(CKA_EC_PARAMS))
                .filter(
                    known -> token.device().offers(() -> token.device().curves().contains(known)))
                .orElseThrow(
                    () ->
                        new CryptokiException(
                            CKR_CURVE_NOT_SUPPORTED,
                            "this TPM makes keys on " + token.device().curves()));
        yield new KeyKind.Ec(curve);
      }
      case CKK_AES, CKK_GENERIC_SECRET -> throw new IllegalArgumentException("no key pair");
    };
  }

  /** The id that either template gives, else the one that NSS would compute. */
  private static byte[] id(Attributes publicHalf, Attributes privateHalf, PublicKey key) {
    for (Attributes half : List.of(privateHalf, publicHalf)) {
      if (half.bytes(CKA_ID).length != 0) {
        return half.bytes(CKA_ID);
      }
    }
    return key.defaultId();
  }

  private static Attributes complete(Attributes half, PublicKey key, byte[] id) {
    Attributes.Builder complete =
        half.toBuilder().put(CKA_PUBLIC_KEY_INFO, key.subjectPublicKeyInfo());
    for (AttributeType type : key.attributes().types()) {
      complete.put(type, key.attributes().bytes(type));
    }
    if (half.bytes(CKA_ID).length == 0) {
      complete.put(CKA_ID, id);
    }
    if (half.number(CKA_CLASS, -1) == ObjectClass.CKO_PRIVATE_KEY.code()) {
      complete
          .put(CKA_ALWAYS_SENSITIVE, half.isTrue(CKA_SENSITIVE))
          .put(CKA_NEVER_EXTRACTABLE, true);
    }
    return complete.build();
  }
}
