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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import jnr.ffi.Pointer;

/** Wrapping with associated data: PKCS#11 3.2, 5.18.6 and 5.18.7. AES-GCM alone does it here. */
final class AuthenticatedWrapFunctions {
  /** What World's generic secret has. */
  private static final int LENGTH = 32;

  private static final String NO_PARAMETERS = "secret keys have no domain parameters";

  private AuthenticatedWrapFunctions() {}

  /** A key that is wrapped, and the mechanism that has its IV and tag now. */
  private record Wrapped(Pointer mechanism, Pointer bytes) {}

  static List<FunctionRows> rows() {
    return List.of(wrap(), unwrap());
  }

  /** CKM_AES_GCM with CK_GCM_MESSAGE_PARAMS: the IV of zeros is the client's. */
  private static Pointer gcm(World w) {
    byte[] parameter =
        ByteBuffer.allocate(48)
            .order(ByteOrder.nativeOrder())
            .putLong(w.memory(12).address())
            .putLong(12)
            .putLong(0)
            .putLong(0)
            .putLong(w.memory(16).address())
            .putLong(128)
            .array();
    return w.mechanism(Ck.M_AES_GCM, parameter);
  }

  private static FunctionRows wrap() {
    return new FunctionRows(
            NewerFn.C_WrapKeyAuthenticated,
            session(),
            mechanism(AuthenticatedWrapFunctions::gcm),
            new Argument("hWrappingKey", Argument.Kind.WRAPPING_KEY, World::aes),
            key("hKey", World::secret),
            input("pAssociatedData", w -> w.bytes(World.BLOCK)),
            number("ulAssociatedDataLen", 16),
            buffer("pWrappedKey", 512),
            room("pulWrappedKeyLen", 512))
        .but(Rv.CKR_OK, "ulAssociatedDataLen", "0", w -> 0)
        .but(
            Rv.CKR_MECHANISM_INVALID,
            "pMechanism",
            "that takes no associated data",
            w -> w.mechanism(Ck.M_AES_KEY_WRAP))
        .but(Rv.CKR_KEY_UNEXTRACTABLE, "hKey", "that may not leave", World::uselessAes)
        .but(Rv.CKR_KEY_UNEXTRACTABLE, "hKey", "of the TPM", World::rsaPrivate)
        .but(Rv.CKR_KEY_NOT_WRAPPABLE, "hKey", "a public one", World::rsaPublic)
        .but(Rv.CKR_WRAPPING_KEY_TYPE_INCONSISTENT, "hWrappingKey", "of RSA", World::rsaPublic)
        .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hWrappingKey", "not for it", World::uselessAes)
        .open(Rv.CKR_KEY_SIZE_RANGE, "GCM takes any length")
        .open(Rv.CKR_WRAPPING_KEY_SIZE_RANGE, EncryptionFunctions.NO_SIZE)
        .open(Rv.CKR_USER_NOT_LOGGED_IN, SignFunctions.NO_HANDLE);
  }

  private static Wrapped wrapped(World w) {
    return w.once(
        "wrapped",
        () -> {
          Wrapped made = new Wrapped(gcm(w), w.memory(LENGTH));
          w.ok(
              NewerFn.C_WrapKeyAuthenticated,
              w.session(),
              made.mechanism,
              w.aes(),
              w.secret(),
              w.bytes(World.BLOCK),
              16,
              made.bytes,
              w.ulong(LENGTH));
          return made;
        });
  }

  private static Template unwrapped() {
    return Template.of().with(Ck.A_CLASS, Ck.O_SECRET_KEY).with(Ck.A_KEY_TYPE, Ck.K_AES);
  }

  private static FunctionRows unwrap() {
    return templates(
            new FunctionRows(
                NewerFn.C_UnwrapKeyAuthenticated,
                session(),
                mechanism(w -> wrapped(w).mechanism),
                new Argument("hUnwrappingKey", Argument.Kind.UNWRAPPING_KEY, World::aes),
                input("pWrappedKey", w -> wrapped(w).bytes),
                number("ulWrappedKeyLen", LENGTH),
                input("pTemplate", w -> unwrapped()),
                number("ulAttributeCount", 2),
                input("pAssociatedData", w -> w.bytes(World.BLOCK)),
                number("ulAssociatedDataLen", 16),
                pointer("phKey", 8)))
        .but(
            Rv.CKR_MECHANISM_INVALID,
            "pMechanism",
            "that takes no associated data",
            w -> w.mechanism(Ck.M_AES_KEY_WRAP))
        .but(Rv.CKR_WRAPPED_KEY_INVALID, "pWrappedKey", "of zeros", w -> w.memory(LENGTH))
        .but(Rv.CKR_WRAPPED_KEY_INVALID, "ulAssociatedDataLen", "of other data", w -> 15)
        .but(Rv.CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT, "hUnwrappingKey", "of RSA", World::rsaPrivate)
        .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hUnwrappingKey", "not for it", World::uselessAes)
        .open(Rv.CKR_BUFFER_TOO_SMALL, "nothing is given back but a handle")
        .open(Rv.CKR_CURVE_NOT_SUPPORTED, NO_PARAMETERS)
        .open(Rv.CKR_DOMAIN_PARAMS_INVALID, NO_PARAMETERS)
        .open(Rv.CKR_PARAMETER_SET_NOT_SUPPORTED, NO_PARAMETERS)
        .open(Rv.CKR_UNWRAPPING_KEY_SIZE_RANGE, EncryptionFunctions.NO_SIZE)
        .open(Rv.CKR_USER_NOT_LOGGED_IN, SignFunctions.NO_HANDLE);
  }

  private static FunctionRows templates(FunctionRows function) {
    return function
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
            () -> unwrapped().with(Ck.A_VALUE_LEN, 16));
  }
}
