package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCOMPLETE;
import static dev.tpm2token.token.ReturnValue.CKR_WRAPPED_KEY_INVALID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DECAPSULATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DECAPSULATE_TEMPLATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DERIVE_TEMPLATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ENCAPSULATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ENCAPSULATE_TEMPLATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_UNWRAP_TEMPLATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE_LEN;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Parameter;
import dev.tpm2token.token.mechanism.Wrapper;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.token.object.Schema;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * C_EncapsulateKey and C_DecapsulateKey of 3.2 (section 5.18): a secret key for the holder of a
 * private key. With ECDH the other form of it is the point of a key pair made for this once; with
 * RSA it is the wrapped key.
 */
public final class KeyEncapsulation {
  private static final Map<ReturnValue, ReturnValue> WRONG_POINT =
      Map.of(CKR_MECHANISM_PARAM_INVALID, CKR_WRAPPED_KEY_INVALID);

  private final Token token;
  private final KeyAccess access;
  private final Session session;

  KeyEncapsulation(Token token, KeyAccess access, Session session) {
    this.token = token;
    this.access = access;
    this.session = session;
  }

  /**
   * What came of it.
   *
   * @param bytes for the holder of the private key
   * @param key the handle of the new key
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  public record Encapsulated(byte[] bytes, long key) {}

  /**
   * An encapsulation that may be done.
   *
   * @param length bytes that it gives
   * @param work does it
   */
  public record Encapsulation(int length, Supplier<Encapsulated> work) {}

  /** C_EncapsulateKey, checked but not done. */
  public Encapsulation encapsulate(MechanismCall call, long publicKey, Template template) {
    Mechanism mechanism = access.mechanism(call, Function.ENCAPSULATE);
    CryptokiObject object = access.key(publicKey, CKA_ENCAPSULATE, mechanism);
    Template wanted =
        SecretKeys.extractable(and(template, object.attributes(), CKA_ENCAPSULATE_TEMPLATE));
    return switch (PublicKey.of(object.attributes())) {
      case PublicKey.Ec ec -> byAgreement(ecdh(call), ec, wanted);
      case PublicKey.Rsa rsa -> byWrapping(mechanism, call, object, wanted);
    };
  }

  private Encapsulation byAgreement(Parameter.Ecdh1 ecdh, PublicKey.Ec ec, Template template) {
    KeyDerivation derivation = new KeyDerivation(token, access);
    Attributes attributes = derivation.prepare(session, ecdh, template);
    return new Encapsulation(
        ec.point().length,
        () -> {
          PublicKey.Agreement agreement = ec.agree(token.random());
          return new Encapsulated(
              agreement.point(), derivation.add(session, ecdh, agreement.secret(), attributes));
        });
  }

  private Encapsulation byWrapping(
      Mechanism mechanism, MechanismCall call, CryptokiObject object, Template template) {
    SecretKeys keys = new SecretKeys(token);
    KeyType type = SecretKeys.type(template);
    Attributes attributes = keys.begin(Schema.Origin.TAKEN, type, template);
    token.checkMayMake(session, List.of(attributes));
    if (attributes.get(CKA_VALUE_LEN).isEmpty()) {
      throw new CryptokiException(CKR_TEMPLATE_INCOMPLETE, "no CKA_VALUE_LEN");
    }
    int length = (int) attributes.number(CKA_VALUE_LEN, 0);
    SecretKeys.checkLength(type, length);
    Wrapper wrapper =
        access.begin(
            object, opened -> Wrapper.of(mechanism, call.parameter(), token.device(), opened));
    return new Encapsulation(
        wrapper.length(length),
        () -> {
          Secret secret = Secret.taking(token.device().random(length));
          byte[] wrapped = secret.use(wrapper::wrap);
          return new Encapsulated(wrapped, keys.add(session, attributes, secret));
        });
  }

  /** C_DecapsulateKey: the new key's handle. */
  public long decapsulate(
      MechanismCall call, long privateKey, Template template, byte[] encapsulated) {
    Mechanism mechanism = access.mechanism(call, Function.DECAPSULATE);
    CryptokiObject object =
        KeyWrapping.translated(
            KeyWrapping.UNWRAPPING, () -> access.key(privateKey, CKA_DECAPSULATE, mechanism));
    boolean agreement = call.parameter() instanceof Parameter.Ecdh1;
    Attributes own = object.attributes();
    Template wanted =
        SecretKeys.extractable(
            and(
                and(template, own, CKA_DECAPSULATE_TEMPLATE),
                own,
                agreement ? CKA_DERIVE_TEMPLATE : CKA_UNWRAP_TEMPLATE));
    if (!agreement) {
      return session.wrapping().decapsulate(mechanism, call, object, encapsulated, wanted);
    }
    KeyAccess.checkWantsNoPin(object);
    Parameter.Ecdh1 ecdh = ecdh(call);
    KeyDerivation derivation = new KeyDerivation(token, access);
    Attributes attributes = derivation.prepare(session, ecdh, wanted);
    byte[] z =
        KeyWrapping.translated(
            WRONG_POINT, () -> access.begin(object, key -> derivation.shared(key, encapsulated)));
    return derivation.add(session, ecdh, z, attributes);
  }

  /** What the key's own template says of the keys that come of it, with what the caller says. */
  private static Template and(Template given, Attributes key, AttributeType of) {
    return key.template(of).map(given::and).orElse(given);
  }

  /** The other party's point is not the parameter's here: it is what is encapsulated. */
  private static Parameter.Ecdh1 ecdh(MechanismCall call) {
    Parameter.Ecdh1 ecdh = (Parameter.Ecdh1) call.parameter();
    if (ecdh.publicData().length != 0) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, "an encapsulation takes no pPublicData");
    }
    return ecdh;
  }
}
