package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.buffer;
import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.pointer;
import static dev.tpm2token.interop.functions.Argument.room;
import static dev.tpm2token.interop.functions.Argument.session;
import static dev.tpm2token.interop.functions.Argument.slot;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Session management: PKCS#11, section 5.6. */
final class SessionFunctions {
  private static final String ONLY_DIGESTS = "only digests are saved, and they have no key";

  private static final long LAST_VALIDATION_OK = 1;
  private static final Argument[] LOGIN = {
    session(),
    number("userType", Ck.USER),
    input("pPin", w -> w.bytes(SlotFunctions.PIN)),
    number("ulPinLen", SlotFunctions.PIN.length)
  };

  private SessionFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        new FunctionRows(
                Fn.C_OpenSession,
                slot(),
                number("flags", Ck.SESSION_SERIAL | Ck.SESSION_RW),
                number("pApplication", 0),
                number("Notify", 0),
                pointer("phSession", 8))
            .but(
                Rv.CKR_SESSION_PARALLEL_NOT_SUPPORTED,
                "flags",
                "without CKF_SERIAL_SESSION",
                w -> 0)
            .when(
                Rv.CKR_SESSION_READ_WRITE_SO_EXISTS,
                "R/O while the SO is logged in",
                World::officer,
                "flags",
                w -> Ck.SESSION_SERIAL)
            .but(
                Rv.CKR_SESSION_ASYNC_NOT_SUPPORTED,
                "flags",
                "with CKF_ASYNC_SESSION",
                w -> Ck.SESSION_SERIAL | Ck.SESSION_ASYNC)
            .open(Rv.CKR_SESSION_COUNT, "there is no limit"),
        new FunctionRows(Fn.C_CloseSession, session()),
        new FunctionRows(Fn.C_CloseAllSessions, slot()),
        new FunctionRows(Fn.C_GetSessionInfo, session(), pointer("pInfo", 32)),
        new FunctionRows(
                Fn.C_GetOperationState,
                session(),
                buffer("pOperationState", 512),
                room("pulOperationStateLen", 512))
            .during(World::digesting)
            .when(Rv.CKR_STATE_UNSAVEABLE, "an encryption is under way", World::encrypting),
        setOperationState(),
        login(new FunctionRows(Fn.C_Login, LOGIN)),
        login(
                new FunctionRows(
                    NewerFn.C_LoginUser,
                    Stream.concat(
                            Stream.of(LOGIN),
                            Stream.of(number("pUsername", 0), number("ulUsernameLen", 0)))
                        .toArray(Argument[]::new)))
            .but(
                Rv.CKR_ARGUMENTS_BAD,
                "a name, which no user has",
                Map.of("pUsername", w -> w.bytes(SlotFunctions.PIN), "ulUsernameLen", w -> 3)),
        SessionCancel.rows(),
        new FunctionRows(
                NewerFn.C_GetSessionValidationFlags,
                session(),
                number("type", LAST_VALIDATION_OK),
                pointer("pFlags", 8))
            .when(Rv.CKR_OK, "nobody is logged in", World::logout)
            .but(Rv.CKR_ARGUMENTS_BAD, "type", "77", w -> 77),
        new FunctionRows(Fn.C_Logout, session())
            .when(Rv.CKR_OK, "the SO is logged in", World::officer)
            .when(Rv.CKR_USER_NOT_LOGGED_IN, "nobody is logged in", World::logout));
  }

  private static FunctionRows setOperationState() {
    return new FunctionRows(
            Fn.C_SetOperationState,
            session(),
            input("pOperationState", w -> w.bytes(w.state())),
            number("ulOperationStateLen", w -> w.state().length),
            number("hEncryptionKey", 0),
            number("hAuthenticationKey", 0))
        .when(Rv.CKR_OK, "another operation is under way, and ends", World::encrypting)
        .but(Rv.CKR_SAVED_STATE_INVALID, "pOperationState", "of zeros", w -> w.memory(512))
        .but(Rv.CKR_SAVED_STATE_INVALID, "ulOperationStateLen", "1", w -> 1)
        .but(Rv.CKR_KEY_NOT_NEEDED, "hEncryptionKey", "an AES key", World::aes)
        .but(Rv.CKR_KEY_NOT_NEEDED, "hAuthenticationKey", "a secret", World::secret)
        .open(Rv.CKR_KEY_NEEDED, ONLY_DIGESTS)
        .open(Rv.CKR_KEY_CHANGED, ONLY_DIGESTS);
  }

  /** What C_Login and C_LoginUser have in common. */
  private static FunctionRows login(FunctionRows function) {
    return function
        .after(World::logout)
        .but(
            Rv.CKR_OK,
            "the SO",
            Map.of(
                "userType",
                w -> Ck.SO,
                "pPin",
                w -> w.bytes(SlotFunctions.SO_PIN),
                "ulPinLen",
                w -> SlotFunctions.SO_PIN.length))
        .when(
            Rv.CKR_OK,
            "CKU_CONTEXT_SPECIFIC for a key that asks",
            w -> w.ok(Fn.C_SignInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.askingKey()),
            "userType",
            w -> Ck.CONTEXT_SPECIFIC)
        .when(
            Rv.CKR_OPERATION_NOT_INITIALIZED,
            "CKU_CONTEXT_SPECIFIC while nothing is under way",
            w -> {},
            "userType",
            w -> Ck.CONTEXT_SPECIFIC)
        .but(Rv.CKR_PIN_INCORRECT, "pPin", "of nobody", w -> w.bytes(SlotFunctions.WRONG))
        .when(Rv.CKR_USER_ALREADY_LOGGED_IN, "the user is logged in", w -> {})
        .when(Rv.CKR_USER_ANOTHER_ALREADY_LOGGED_IN, "the SO is logged in", World::officer)
        .when(
            Rv.CKR_SESSION_READ_ONLY_EXISTS,
            "the SO, with a R/O session",
            World::publicReader,
            Map.of(
                "userType",
                w -> Ck.SO,
                "pPin",
                w -> w.bytes(SlotFunctions.SO_PIN),
                "ulPinLen",
                w -> SlotFunctions.SO_PIN.length))
        .but(
            Rv.CKR_USER_PIN_NOT_INITIALIZED,
            "hSession",
            "of a token without a user PIN",
            World::pinlessSession)
        .but(Rv.CKR_USER_TYPE_INVALID, "userType", "77", w -> 77)
        .open(Rv.CKR_USER_TOO_MANY_TYPES, "there is one user")
        .open(Rv.CKR_PIN_LOCKED, SlotFunctions.LOCKED);
  }
}
