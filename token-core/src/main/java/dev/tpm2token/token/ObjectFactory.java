package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCOMPLETE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CERTIFICATE_CATEGORY;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CERTIFICATE_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_HASH_OF_CERTIFICATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ISSUER;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MODULUS_BITS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_NAME_HASH_ALGORITHM;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SERIAL_NUMBER;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SUBJECT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TRUST_OCSP_SIGNING;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TRUST_SERVER_AUTH;
import static dev.tpm2token.token.attribute.AttributeType.CKA_UNIQUE_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_URL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.ObjectClass;
import dev.tpm2token.token.object.ObjectId;
import dev.tpm2token.token.object.Schema;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x509.Certificate;
import org.jspecify.annotations.Nullable;

/**
 * Makes objects from what C_CreateObject is given: the schema's check, then what follows from it.
 */
final class ObjectFactory {
  /** CKC_X_509. */
  private static final long X_509 = 0;

  private static final long CK_CERTIFICATE_CATEGORY_OTHER_ENTITY = 3;

  // CK_TRUST
  private static final long CKT_TRUST_UNKNOWN = 0;
  private static final long CKT_NOT_TRUSTED = 3;
  private static final long CKT_TRUST_MUST_VERIFY_TRUST = 4;
  private static final Set<AttributeType> PURPOSES =
      EnumSet.range(CKA_TRUST_SERVER_AUTH, CKA_TRUST_OCSP_SIGNING);

  private final SecureRandom random;

  ObjectFactory(SecureRandom random) {
    this.random = random;
  }

  /** A new object of these attributes, with an id of its own. */
  CryptokiObject object(Attributes attributes, CryptokiObject.TpmKey key) {
    return identified(attributes, key, null);
  }

  /** A new secret key, which takes the secret over. */
  CryptokiObject object(Attributes attributes, Secret secret) {
    return identified(attributes, null, secret);
  }

  /** A new object that is neither a private nor a secret key. */
  CryptokiObject object(Attributes attributes) {
    return identified(attributes, null, null);
  }

  /** A copy with other attributes, which lives on its own. */
  CryptokiObject copy(CryptokiObject original, Attributes attributes) {
    Secret secret = original.secret();
    return identified(attributes, original.key(), secret == null ? null : secret.copy());
  }

  private CryptokiObject identified(
      Attributes attributes, CryptokiObject.@Nullable TpmKey key, @Nullable Secret secret) {
    ObjectId id = ObjectId.fresh(random);
    return new CryptokiObject(
        id, attributes.toBuilder().put(CKA_UNIQUE_ID, id.text()).build(), key, secret);
  }

  /**
   * The attributes of the object that a template for C_CreateObject describes; those of private and
   * secret keys are not complete without the key.
   */
  Attributes create(Template template, boolean bySo) {
    Attributes attributes = Schema.of(template).create(Schema.Origin.CREATED, template, bySo);
    return switch (ObjectClass.of(attributes.number(CKA_CLASS, -1)).orElseThrow()) {
      case CKO_DATA -> attributes;
      case CKO_CERTIFICATE -> certificate(attributes);
      case CKO_PUBLIC_KEY -> publicKey(attributes);
      case CKO_TRUST -> trust(attributes);
      case CKO_PRIVATE_KEY, CKO_SECRET_KEY -> attributes;
      case CKO_MECHANISM, CKO_PROFILE ->
          throw new CryptokiException(CKR_ATTRIBUTE_VALUE_INVALID, "nobody makes such objects");
    };
  }

  /** What clients search for and leave to the token to know. */
  private static Attributes certificate(Attributes attributes) {
    if (attributes.number(CKA_CERTIFICATE_TYPE, -1) != X_509) {
      throw new CryptokiException(CKR_ATTRIBUTE_VALUE_INVALID, "only X.509 certificates are held");
    }
    if (attributes.number(CKA_CERTIFICATE_CATEGORY, 0) > CK_CERTIFICATE_CATEGORY_OTHER_ENTITY
        || attributes.number(CKA_CERTIFICATE_CATEGORY, 0) < 0) {
      throw new CryptokiException(CKR_ATTRIBUTE_VALUE_INVALID, "no such category of certificates");
    }
    if (attributes.bytes(CKA_VALUE).length == 0 && attributes.bytes(CKA_URL).length == 0) {
      throw new CryptokiException(CKR_TEMPLATE_INCOMPLETE, "neither CKA_VALUE nor CKA_URL");
    }
    Attributes.Builder complete = attributes.toBuilder();
    try {
      Certificate certificate = Certificate.getInstance(attributes.bytes(CKA_VALUE));
      fill(complete, attributes, CKA_SUBJECT, certificate.getSubject());
      fill(complete, attributes, CKA_ISSUER, certificate.getIssuer());
      fill(complete, attributes, CKA_SERIAL_NUMBER, certificate.getSerialNumber());
      fill(complete, attributes, CKA_PUBLIC_KEY_INFO, certificate.getSubjectPublicKeyInfo());
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      if (attributes.bytes(CKA_SUBJECT).length == 0) {
        throw new CryptokiException(CKR_TEMPLATE_INCOMPLETE, "no CKA_SUBJECT, nor in CKA_VALUE", e);
      }
    }
    return complete.build();
  }

  /** A certificate that is trusted for something is named by its hash too (3.2, 4.7.2). */
  private static Attributes trust(Attributes attributes) {
    boolean trusted = false;
    for (AttributeType purpose : PURPOSES) {
      long trust = attributes.number(purpose, CKT_TRUST_UNKNOWN);
      if (trust < CKT_TRUST_UNKNOWN || trust > CKT_TRUST_MUST_VERIFY_TRUST) {
        throw new CryptokiException(CKR_ATTRIBUTE_VALUE_INVALID, "no such trust: " + trust);
      }
      trusted |= trust != CKT_TRUST_UNKNOWN && trust != CKT_NOT_TRUSTED;
    }
    if (trusted
        && (attributes.bytes(CKA_HASH_OF_CERTIFICATE).length == 0
            || attributes.get(CKA_NAME_HASH_ALGORITHM).isEmpty())) {
      throw new CryptokiException(
          CKR_TEMPLATE_INCOMPLETE, "no CKA_HASH_OF_CERTIFICATE and CKA_NAME_HASH_ALGORITHM");
    }
    return attributes;
  }

  private static void fill(
      Attributes.Builder complete, Attributes given, AttributeType type, ASN1Encodable value)
      throws IOException {
    if (given.bytes(type).length == 0) {
      complete.put(type, value.toASN1Primitive().getEncoded("DER"));
    }
  }

  /**
   * Checks that a client that says what the key's SubjectPublicKeyInfo is says so rightly (3.1, 4.8
   * and 4.9).
   *
   * @throws CryptokiException CKR_ATTRIBUTE_VALUE_INVALID
   */
  static void checkPublicKeyInfo(Attributes given, PublicKey key) {
    boolean right =
        given
            .get(CKA_PUBLIC_KEY_INFO)
            .filter(info -> info.length > 0)
            .map(info -> Arrays.equals(info, key.subjectPublicKeyInfo()))
            .orElse(true);
    if (!right) {
      throw new CryptokiException(
          CKR_ATTRIBUTE_VALUE_INVALID, "CKA_PUBLIC_KEY_INFO is of another key");
    }
  }

  /** What follows from a public key itself. */
  Attributes publicKey(Attributes attributes) {
    PublicKey key = PublicKey.of(attributes);
    checkPublicKeyInfo(attributes, key);
    Attributes.Builder complete =
        attributes.toBuilder().put(CKA_PUBLIC_KEY_INFO, key.subjectPublicKeyInfo());
    if (key instanceof PublicKey.Rsa) {
      complete.put(CKA_MODULUS_BITS, key.bits());
    }
    if (attributes.bytes(CKA_ID).length == 0) {
      complete.put(CKA_ID, key.defaultId());
    }
    return complete.build();
  }
}
