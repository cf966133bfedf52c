package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.buffer;
import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.key;
import static dev.tpm2token.interop.functions.Argument.mechanism;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.pointer;
import static dev.tpm2token.interop.functions.Argument.room;
import static dev.tpm2token.interop.functions.Argument.session;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.PublicKeys;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Template;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import jnr.ffi.Pointer;

/** Key management: PKCS#11, section 5.18. */
final class KeyFunctions {
  private static final long CKD_NULL = 1;
  private static final String NO_PARAMETERS = "keys of this kind have no domain parameters";

  private KeyFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(generate(), generatePair(), wrap(), unwrap(), derive());
  }

  private static Template aes() {
    return Template.of().with(Ck.A_VALUE_LEN, 16);
  }

  private static FunctionRows generate() {
    return new FunctionRows(
            Fn.C_GenerateKey,
            session(),
            mechanism(w -> w.mechanism(Ck.M_AES_KEY_GEN)),
            input("pTemplate", w -> aes()),
            number("ulCount", 1),
            pointer("phKey", 8))
        .template(Rv.CKR_ATTRIBUTE_READ_ONLY, "with CKA_LOCAL", () -> aes().with(Ck.A_LOCAL, false))
        .template(
            Rv.CKR_ATTRIBUTE_TYPE_INVALID,
            "with an attribute that nobody has",
            () -> aes().with(0x7fff_fff1L, true))
        .template(
            Rv.CKR_ATTRIBUTE_VALUE_INVALID,
            "with a CK_BBOOL of 3 bytes",
            () -> aes().with(Ck.A_ENCRYPT, new byte[3]))
        .template(
            Rv.CKR_SESSION_READ_ONLY,
            "a token object, R/O",
            World::reader,
            () -> aes().with(Ck.A_TOKEN, true))
        .template(Rv.CKR_TEMPLATE_INCOMPLETE, "without CKA_VALUE_LEN", KeyFunctions::label)
        .template(
            Rv.CKR_TEMPLATE_INCONSISTENT,
            "of another type",
            () -> aes().with(Ck.A_KEY_TYPE, Ck.K_GENERIC_SECRET))
        .template(
            Rv.CKR_TEMPLATE_INCONSISTENT,
            "of another class",
            () -> aes().with(Ck.A_CLASS, Ck.O_DATA))
        .template(
            Rv.CKR_USER_NOT_LOGGED_IN,
            "a private object, and nobody is logged in",
            World::logout,
            () -> aes().with(Ck.A_PRIVATE, true))
        .template(
            Rv.CKR_USER_NOT_LOGGED_IN,
            "a private object, and the SO is logged in",
            World::officer,
            () -> aes().with(Ck.A_PRIVATE, true))
        .open(Rv.CKR_CURVE_NOT_SUPPORTED, NO_PARAMETERS);
  }

  private static Template label() {
    return Template.of().with(Ck.A_LABEL, "x");
  }

  private static FunctionRows generatePair() {
    return new FunctionRows(
            Fn.C_GenerateKeyPair,
            session(),
            mechanism(w -> w.mechanism(Ck.M_EC_KEY_PAIR_GEN)),
            input("pPublicKeyTemplate", w -> curve()),
            number("ulPublicKeyAttributeCount", 1),
            input("pPrivateKeyTemplate", w -> label()),
            number("ulPrivateKeyAttributeCount", 1),
            pointer("phPublicKey", 8),
            pointer("phPrivateKey", 8))
        .but(
            Rv.CKR_ATTRIBUTE_READ_ONLY,
            "with CKA_LOCAL",
            pair(() -> curve().with(Ck.A_LOCAL, true), KeyFunctions::label))
        .but(
            Rv.CKR_ATTRIBUTE_TYPE_INVALID,
            "with an attribute that nobody has",
            pair(KeyFunctions::curve, () -> label().with(0x7fff_fff1L, true)))
        .but(
            Rv.CKR_ATTRIBUTE_VALUE_INVALID,
            "with a CK_BBOOL of 3 bytes",
            pair(KeyFunctions::curve, () -> label().with(Ck.A_SIGN, new byte[3])))
        .but(
            Rv.CKR_CURVE_NOT_SUPPORTED,
            "on a curve that nobody has",
            pair(
                () -> Template.of().with(Ck.A_EC_PARAMS, ObjectFunctions.NO_CURVE),
                KeyFunctions::label))
        .but(
            Rv.CKR_CURVE_NOT_SUPPORTED,
            "with parameters that are none",
            pair(() -> Template.of().with(Ck.A_EC_PARAMS, new byte[3]), KeyFunctions::label))
        .when(
            Rv.CKR_SESSION_READ_ONLY,
            "a token object, R/O",
            World::reader,
            pair(KeyFunctions::curve, () -> label().with(Ck.A_TOKEN, true)))
        .but(
            Rv.CKR_TEMPLATE_INCOMPLETE,
            "without CKA_EC_PARAMS",
            pair(KeyFunctions::label, KeyFunctions::label))
        .but(
            Rv.CKR_TEMPLATE_INCONSISTENT,
            "of another type",
            pair(KeyFunctions::curve, () -> label().with(Ck.A_KEY_TYPE, Ck.K_RSA)))
        .when(Rv.CKR_USER_NOT_LOGGED_IN, "nobody is logged in", World::logout)
        .when(Rv.CKR_USER_NOT_LOGGED_IN, "the SO is logged in", World::officer)
        .open(Rv.CKR_DOMAIN_PARAMS_INVALID, ObjectFunctions.NO_SUCH_CURVE);
  }

  private static Template curve() {
    return Template.of().with(Ck.A_EC_PARAMS, PublicKeys.P256);
  }

  private static Map<String, Value> pair(
      Supplier<Template> publicKey, Supplier<Template> privateKey) {
    return Map.of(
        "pPublicKeyTemplate",
        w -> publicKey.get(),
        "ulPublicKeyAttributeCount",
        w -> publicKey.get().count(),
        "pPrivateKeyTemplate",
        w -> privateKey.get(),
        "ulPrivateKeyAttributeCount",
        w -> privateKey.get().count());
  }

  private static FunctionRows wrap() {
    return new FunctionRows(
            Fn.C_WrapKey,
            session(),
            mechanism(w -> w.mechanism(Ck.M_AES_KEY_WRAP)),
            new Argument("hWrappingKey", Argument.Kind.WRAPPING_KEY, World::aes),
            key("hKey", World::secret),
            buffer("pWrappedKey", 512),
            room("pulWrappedKeyLen", 512))
        .but(Rv.CKR_KEY_UNEXTRACTABLE, "hKey", "that may not leave", World::uselessAes)
        .but(Rv.CKR_KEY_UNEXTRACTABLE, "hKey", "of the TPM", World::rsaPrivate)
        .but(Rv.CKR_KEY_NOT_WRAPPABLE, "hKey", "a public one", World::rsaPublic)
        .but(
            Rv.CKR_KEY_NOT_WRAPPABLE,
            "hKey",
            "for trusted wrapping keys alone",
            w ->
                w.user()
                    .create(
                        World.anyUse(World.secret(Ck.K_AES)).with(Ck.A_WRAP_WITH_TRUSTED, true)))
        .but(Rv.CKR_KEY_SIZE_RANGE, "hKey", "of 15 bytes", KeyFunctions::short15)
        .but(Rv.CKR_WRAPPING_KEY_TYPE_INCONSISTENT, "hWrappingKey", "of RSA", World::rsaPublic)
        .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hWrappingKey", "not for it", World::uselessAes)
        .open(Rv.CKR_WRAPPING_KEY_SIZE_RANGE, EncryptionFunctions.NO_SIZE)
        .open(Rv.CKR_USER_NOT_LOGGED_IN, SignFunctions.NO_HANDLE);
  }

  /** AES key wrap is for whole blocks of 8 bytes. */
  private static long short15(World w) {
    return w.user()
        .create(
            Template.of()
                .with(Ck.A_CLASS, Ck.O_SECRET_KEY)
                .with(Ck.A_KEY_TYPE, Ck.K_GENERIC_SECRET)
                .with(Ck.A_TOKEN, false)
                .with(Ck.A_SENSITIVE, false)
                .with(Ck.A_EXTRACTABLE, true)
                .with(Ck.A_VALUE, new byte[15]));
  }

  private static Template unwrapped() {
    return Template.of().with(Ck.A_CLASS, Ck.O_SECRET_KEY).with(Ck.A_KEY_TYPE, Ck.K_AES);
  }

  private static FunctionRows unwrap() {
    return new FunctionRows(
            Fn.C_UnwrapKey,
            session(),
            mechanism(w -> w.mechanism(Ck.M_AES_KEY_WRAP)),
            new Argument("hUnwrappingKey", Argument.Kind.UNWRAPPING_KEY, World::aes),
            input("pWrappedKey", KeyFunctions::wrapped),
            number("ulWrappedKeyLen", 40),
            input("pTemplate", w -> unwrapped()),
            number("ulCount", 2),
            pointer("phKey", 8))
        .template(
            Rv.CKR_ATTRIBUTE_READ_ONLY, "with CKA_LOCAL", () -> unwrapped().with(Ck.A_LOCAL, true))
        .template(
            Rv.CKR_ATTRIBUTE_TYPE_INVALID,
            "with an attribute that nobody has",
            () -> unwrapped().with(0x7fff_fff1L, true))
        .template(
            Rv.CKR_ATTRIBUTE_VALUE_INVALID,
            "with a CK_BBOOL of 3 bytes",
            () -> unwrapped().with(Ck.A_ENCRYPT, new byte[3]))
        .template(
            Rv.CKR_SESSION_READ_ONLY,
            "a token object, R/O",
            World::reader,
            () -> unwrapped().with(Ck.A_TOKEN, true))
        .template(
            Rv.CKR_TEMPLATE_INCOMPLETE,
            "without CKA_KEY_TYPE",
            () -> Template.of().with(Ck.A_CLASS, Ck.O_SECRET_KEY))
        .template(
            Rv.CKR_TEMPLATE_INCONSISTENT,
            "of a class that is no key",
            () -> Template.of().with(Ck.A_CLASS, Ck.O_DATA).with(Ck.A_KEY_TYPE, Ck.K_AES))
        .template(
            Rv.CKR_WRAPPED_KEY_LEN_RANGE,
            "with another CKA_VALUE_LEN",
            () -> unwrapped().with(Ck.A_VALUE_LEN, 16))
        .but(Rv.CKR_WRAPPED_KEY_LEN_RANGE, "ulWrappedKeyLen", "39", w -> 39)
        .but(Rv.CKR_WRAPPED_KEY_INVALID, "pWrappedKey", "of zeros", w -> w.memory(40))
        .but(Rv.CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT, "hUnwrappingKey", "of RSA", World::rsaPrivate)
        .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hUnwrappingKey", "not for it", World::uselessAes)
        .open(Rv.CKR_BUFFER_TOO_SMALL, "nothing is given back but a handle")
        .open(Rv.CKR_CURVE_NOT_SUPPORTED, NO_PARAMETERS)
        .open(Rv.CKR_DOMAIN_PARAMS_INVALID, NO_PARAMETERS)
        .open(Rv.CKR_UNWRAPPING_KEY_SIZE_RANGE, EncryptionFunctions.NO_SIZE)
        .open(Rv.CKR_USER_NOT_LOGGED_IN, SignFunctions.NO_HANDLE);
  }

  private static Object wrapped(World w) {
    Pointer out = w.memory(64);
    w.ok(
        Fn.C_WrapKey,
        w.session(),
        w.mechanism(Ck.M_AES_KEY_WRAP),
        w.aes(),
        w.secret(),
        out,
        w.ulong(64));
    return out;
  }

  private static Template derived() {
    return unwrapped().with(Ck.A_VALUE_LEN, 32);
  }

  private static FunctionRows derive() {
    return new FunctionRows(
            Fn.C_DeriveKey,
            session(),
            mechanism(w -> ecdh(w, w.user().get(w.ecPublic(), Ck.A_EC_POINT))),
            key("hBaseKey", World::ecPrivate),
            input("pTemplate", w -> derived()),
            number("ulCount", 3),
            pointer("phKey", 8))
        .template(
            Rv.CKR_ATTRIBUTE_READ_ONLY, "with CKA_LOCAL", () -> derived().with(Ck.A_LOCAL, true))
        .template(
            Rv.CKR_ATTRIBUTE_TYPE_INVALID,
            "with an attribute that nobody has",
            () -> derived().with(0x7fff_fff1L, true))
        .template(
            Rv.CKR_ATTRIBUTE_VALUE_INVALID,
            "with a CK_BBOOL of 3 bytes",
            () -> derived().with(Ck.A_ENCRYPT, new byte[3]))
        .template(
            Rv.CKR_SESSION_READ_ONLY,
            "a token object, R/O",
            World::reader,
            () -> derived().with(Ck.A_TOKEN, true))
        .template(
            Rv.CKR_TEMPLATE_INCONSISTENT,
            "of a class that is no key",
            () -> Template.of().with(Ck.A_CLASS, Ck.O_DATA).with(Ck.A_KEY_TYPE, Ck.K_AES))
        .template(
            Rv.CKR_OK,
            "without CKA_KEY_TYPE: a generic secret",
            () -> Template.of().with(Ck.A_CLASS, Ck.O_SECRET_KEY))
        .template(
            Rv.CKR_KEY_SIZE_RANGE,
            "longer than what is agreed on",
            () ->
                Template.of()
                    .with(Ck.A_CLASS, Ck.O_SECRET_KEY)
                    .with(Ck.A_KEY_TYPE, Ck.K_GENERIC_SECRET)
                    .with(Ck.A_VALUE_LEN, 33))
        .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hBaseKey", "of RSA", World::rsaPrivate)
        .but(
            Rv.CKR_MECHANISM_PARAM_INVALID,
            "pMechanism",
            "with a point that is none",
            w -> ecdh(w, new byte[65]))
        .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hBaseKey", "a public one", World::ecPublic)
        .open(Rv.CKR_TEMPLATE_INCOMPLETE, "what is left out has a default")
        .open(Rv.CKR_CURVE_NOT_SUPPORTED, "the curve is the base key's")
        .open(Rv.CKR_DOMAIN_PARAMS_INVALID, "the curve is the base key's")
        .open(Rv.CKR_USER_NOT_LOGGED_IN, SignFunctions.NO_HANDLE);
  }

  /** CK_ECDH1_DERIVE_PARAMS: kdf, and lengths and addresses of shared data and of the point. */
  private static Pointer ecdh(World w, byte[] point) {
    byte[] parameter =
        ByteBuffer.allocate(40)
            .order(ByteOrder.nativeOrder())
            .putLong(CKD_NULL)
            .putLong(0)
            .putLong(0)
            .putLong(point.length)
            .putLong(w.bytes(point).address())
            .array();
    return w.mechanism(Ck.M_ECDH1_DERIVE, parameter);
  }
}
