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
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Template;
import java.util.List;
import java.util.Map;
import jnr.ffi.Pointer;

/** Keys that are agreed on by a public key and its private one: PKCS#11 3.2, 5.18.8 and 5.18.9. */
final class EncapsulationFunctions {
  private static final int POINT = 65;
  private static final int MODULUS = 256;
  private static final String CURVE = "the curve is the key's";
  private static final String NO_SET = "keys of this kind have no parameter sets";

  private EncapsulationFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(encapsulate(), decapsulate());
  }

  private static Template secret() {
    return Template.of()
        .with(Ck.A_CLASS, Ck.O_SECRET_KEY)
        .with(Ck.A_KEY_TYPE, Ck.K_GENERIC_SECRET)
        .with(Ck.A_VALUE_LEN, 32);
  }

  private static Template ofUnknownLength() {
    return Template.of().with(Ck.A_CLASS, Ck.O_SECRET_KEY).with(Ck.A_KEY_TYPE, Ck.K_GENERIC_SECRET);
  }

  /** CK_ECDH1_DERIVE_PARAMS of CKD_NULL and no more: the other party's point comes of it. */
  private static Pointer ecdh(World w) {
    byte[] parameter = new byte[40];
    parameter[0] = 1;
    return w.mechanism(Ck.M_ECDH1_DERIVE, parameter);
  }

  private static Object rsa(World w) {
    return w.mechanism(Ck.M_RSA_PKCS);
  }

  /** Both key pairs may do it. */
  private static void allowed(World w) {
    w.user().set(w.ecPublic(), Template.of().with(Ck.A_ENCAPSULATE, true));
    w.user().set(w.ecPrivate(), Template.of().with(Ck.A_DECAPSULATE, true));
    w.user().set(w.rsaPublic(), Template.of().with(Ck.A_ENCAPSULATE, true));
    w.user().set(w.rsaPrivate(), Template.of().with(Ck.A_DECAPSULATE, true));
  }

  private static FunctionRows encapsulate() {
    FunctionRows function =
        new FunctionRows(
                NewerFn.C_EncapsulateKey,
                session(),
                mechanism(EncapsulationFunctions::ecdh),
                key("hPublicKey", World::ecPublic),
                input("pTemplate", w -> secret()),
                number("ulAttributeCount", 3),
                buffer("pCiphertext", 512),
                room("pulCiphertextLen", 512),
                pointer("phKey", 8))
            .after(EncapsulationFunctions::allowed)
            .but(
                Rv.CKR_OK,
                "with RSA",
                Map.of("pMechanism", EncapsulationFunctions::rsa, "hPublicKey", World::rsaPublic))
            .but(
                Rv.CKR_TEMPLATE_INCOMPLETE,
                "with RSA, without CKA_VALUE_LEN",
                Map.of(
                    "pMechanism",
                    EncapsulationFunctions::rsa,
                    "hPublicKey",
                    World::rsaPublic,
                    "pTemplate",
                    w -> ofUnknownLength(),
                    "ulAttributeCount",
                    w -> 2))
            .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hPublicKey", "of RSA", World::rsaPublic)
            .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hPublicKey", "a private one", World::ecPrivate)
            .template(
                Rv.CKR_USER_NOT_LOGGED_IN,
                "a private object, and nobody is logged in",
                w -> {
                  allowed(w);
                  w.logout();
                },
                () -> secret().with(Ck.A_PRIVATE, true))
            .template(
                Rv.CKR_KEY_SIZE_RANGE,
                "longer than what is agreed on",
                () -> ofUnknownLength().with(Ck.A_VALUE_LEN, 33));
    return templates(function)
        .open(Rv.CKR_CURVE_NOT_SUPPORTED, CURVE)
        .open(Rv.CKR_DOMAIN_PARAMS_INVALID, CURVE)
        .open(Rv.CKR_PARAMETER_SET_NOT_SUPPORTED, NO_SET);
  }

  /** What may be wrong with a template is the same in both. */
  private static FunctionRows templates(FunctionRows function) {
    return function
        .template(
            Rv.CKR_ATTRIBUTE_READ_ONLY, "with CKA_LOCAL", () -> secret().with(Ck.A_LOCAL, true))
        .template(
            Rv.CKR_ATTRIBUTE_TYPE_INVALID,
            "with an attribute that nobody has",
            () -> secret().with(0x7fff_fff1L, true))
        .template(
            Rv.CKR_ATTRIBUTE_VALUE_INVALID,
            "with a CK_BBOOL of 3 bytes",
            () -> secret().with(Ck.A_ENCRYPT, new byte[3]))
        .template(
            Rv.CKR_TEMPLATE_INCONSISTENT,
            "of a class that is no secret key",
            () -> Template.of().with(Ck.A_CLASS, Ck.O_DATA))
        .template(
            Rv.CKR_SESSION_READ_ONLY,
            "a token object, R/O",
            w -> {
              allowed(w);
              w.reader();
            },
            () -> secret().with(Ck.A_TOKEN, true));
  }

  private static FunctionRows decapsulate() {
    FunctionRows function =
        new FunctionRows(
                NewerFn.C_DecapsulateKey,
                session(),
                mechanism(EncapsulationFunctions::ecdh),
                new Argument("hPrivateKey", Argument.Kind.UNWRAPPING_KEY, World::ecPrivate),
                input("pTemplate", w -> secret()),
                number("ulAttributeCount", 3),
                input("pCiphertext", EncapsulationFunctions::point),
                number("ulCiphertextLen", POINT),
                pointer("phKey", 8))
            .after(EncapsulationFunctions::allowed)
            .but(Rv.CKR_OK, "with RSA", rsa(32, MODULUS))
            .but(
                Rv.CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT, "hPrivateKey", "of RSA", World::rsaPrivate)
            .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hPrivateKey", "a public one", World::ecPublic)
            .but(Rv.CKR_WRAPPED_KEY_INVALID, "pCiphertext", "of zeros", w -> w.memory(POINT))
            .but(Rv.CKR_WRAPPED_KEY_LEN_RANGE, "with RSA, a ciphertext of 255 bytes", rsa(32, 255))
            .but(Rv.CKR_WRAPPED_KEY_INVALID, "with RSA, another CKA_VALUE_LEN", rsa(16, MODULUS))
            .but(
                Rv.CKR_TEMPLATE_INCOMPLETE,
                "CKD_SHA256_KDF without CKA_VALUE_LEN",
                Map.of(
                    "pMechanism",
                    EncapsulationFunctions::withKdf,
                    "pTemplate",
                    w -> ofUnknownLength(),
                    "ulAttributeCount",
                    w -> 2))
            .when(
                Rv.CKR_USER_NOT_LOGGED_IN,
                "the key asks for a PIN at each use",
                w -> w.user().set(w.askingKey(), Template.of().with(Ck.A_DECAPSULATE, true)),
                Map.of(
                    "pMechanism",
                    EncapsulationFunctions::rsa,
                    "hPrivateKey",
                    World::askingKey,
                    "pCiphertext",
                    w -> w.memory(MODULUS),
                    "ulCiphertextLen",
                    w -> MODULUS));
    return templates(function)
        .open(Rv.CKR_BUFFER_TOO_SMALL, "nothing is given back but a handle")
        .open(Rv.CKR_CURVE_NOT_SUPPORTED, CURVE)
        .open(Rv.CKR_DOMAIN_PARAMS_INVALID, CURVE)
        .open(Rv.CKR_PARAMETER_SET_NOT_SUPPORTED, NO_SET)
        .open(Rv.CKR_UNWRAPPING_KEY_SIZE_RANGE, EncryptionFunctions.NO_SIZE);
  }

  private static Pointer withKdf(World w) {
    Pointer mechanism = ecdh(w);
    mechanism.getPointer(8).putLong(0, 6);
    return mechanism;
  }

  /** With RSA, for a key of so many bytes, and a ciphertext of so many. */
  private static Map<String, Value> rsa(long key, long ciphertext) {
    return Map.of(
        "pMechanism",
        EncapsulationFunctions::rsa,
        "hPrivateKey",
        World::rsaPrivate,
        "pTemplate",
        w -> ofUnknownLength().with(Ck.A_VALUE_LEN, key),
        "pCiphertext",
        w -> encapsulated(w, rsa(w), w.rsaPublic(), MODULUS),
        "ulCiphertextLen",
        w -> ciphertext);
  }

  private static Object point(World w) {
    return encapsulated(w, ecdh(w), w.ecPublic(), POINT);
  }

  private static Pointer encapsulated(World w, Object mechanism, long publicKey, int length) {
    Pointer out = w.memory(length);
    w.ok(
        NewerFn.C_EncapsulateKey,
        w.session(),
        mechanism,
        publicKey,
        secret(),
        3,
        out,
        w.ulong(length),
        w.memory(8));
    return out;
  }
}
