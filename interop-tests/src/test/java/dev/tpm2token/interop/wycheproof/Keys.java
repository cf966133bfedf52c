package dev.tpm2token.interop.wycheproof;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.CryptokiException;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The keys of vectors as objects of a session, each made once until they are forgotten. */
final class Keys {
  /**
   * What C_CreateObject answered.
   *
   * @param handle 0 where that is not CKR_OK
   */
  record Made(Rv rv, long handle) {}

  private final Session session;
  private final Map<String, Made> made = new HashMap<>();

  Keys(Session session) {
    this.session = session;
  }

  /** The object of this name; the template is wanted for the first time alone. */
  Made make(String name, Supplier<Template> template) {
    return made.computeIfAbsent(name, any -> create(template.get()));
  }

  /** The handle of an object that there must be. */
  long handle(String name, Supplier<Template> template) {
    Made key = make(name, template);
    if (key.rv() != Rv.CKR_OK) {
      throw new AssertionError("C_CreateObject: " + key.rv());
    }
    return key.handle();
  }

  private Made create(Template template) {
    try {
      return new Made(Rv.CKR_OK, session.create(template));
    } catch (CryptokiException e) {
      return new Made(e.rv(), 0);
    }
  }

  /** Destroys them. */
  void forget() {
    for (Made key : made.values()) {
      if (key.rv() == Rv.CKR_OK) {
        session.destroy(key.handle());
      }
    }
    made.clear();
  }

  /** A secret key that may be used for all, and read. */
  static Template secret(long type, byte[] value) {
    return readable(type)
        .with(Ck.A_VALUE, value)
        .with(Ck.A_ENCRYPT, true)
        .with(Ck.A_DECRYPT, true)
        .with(Ck.A_SIGN, true)
        .with(Ck.A_VERIFY, true)
        .with(Ck.A_WRAP, true)
        .with(Ck.A_UNWRAP, true);
  }

  /** A secret key to be unwrapped or derived. */
  static Template readable(long type) {
    return Template.of()
        .with(Ck.A_CLASS, Ck.O_SECRET_KEY)
        .with(Ck.A_KEY_TYPE, type)
        .with(Ck.A_TOKEN, false)
        .with(Ck.A_SENSITIVE, false)
        .with(Ck.A_EXTRACTABLE, true);
  }

  /** The key that a group's {@code publicKey} is. */
  static Template rsaPublic(Fields key) {
    return publicKey(Ck.K_RSA)
        .with(Ck.A_MODULUS, key.magnitude("modulus"))
        .with(Ck.A_PUBLIC_EXPONENT, key.magnitude("publicExponent"));
  }

  static Template ecPublic(Curve curve, byte[] point) {
    return publicKey(Ck.K_EC)
        .with(Ck.A_EC_PARAMS, curve.parameters())
        .with(Ck.A_EC_POINT, Der.value(Der.OCTET_STRING, point));
  }

  private static Template publicKey(long type) {
    return Template.of()
        .with(Ck.A_CLASS, Ck.O_PUBLIC_KEY)
        .with(Ck.A_KEY_TYPE, type)
        .with(Ck.A_TOKEN, false)
        .with(Ck.A_VERIFY, true);
  }

  /** The key that a group's {@code privateKey} is. */
  static Template rsaPrivate(Fields key) {
    return privateKey(Ck.K_RSA)
        .with(Ck.A_DECRYPT, true)
        .with(Ck.A_SIGN, true)
        .with(Ck.A_MODULUS, key.magnitude("modulus"))
        .with(Ck.A_PUBLIC_EXPONENT, key.magnitude("publicExponent"))
        .with(Ck.A_PRIVATE_EXPONENT, key.magnitude("privateExponent"))
        .with(Ck.A_PRIME_1, key.magnitude("prime1"))
        .with(Ck.A_PRIME_2, key.magnitude("prime2"))
        .with(Ck.A_EXPONENT_1, key.magnitude("exponent1"))
        .with(Ck.A_EXPONENT_2, key.magnitude("exponent2"))
        .with(Ck.A_COEFFICIENT, key.magnitude("coefficient"));
  }

  static Template ecPrivate(Curve curve, byte[] value) {
    return privateKey(Ck.K_EC)
        .with(Ck.A_DERIVE, true)
        .with(Ck.A_EC_PARAMS, curve.parameters())
        .with(Ck.A_VALUE, value);
  }

  private static Template privateKey(long type) {
    return Template.of()
        .with(Ck.A_CLASS, Ck.O_PRIVATE_KEY)
        .with(Ck.A_KEY_TYPE, type)
        .with(Ck.A_TOKEN, false)
        .with(Ck.A_PRIVATE, true)
        .with(Ck.A_SENSITIVE, true)
        .with(Ck.A_EXTRACTABLE, false);
  }
}
