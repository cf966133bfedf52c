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
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.harness.Lab;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Slot and token management: PKCS#11, section 5.5. */
final class SlotFunctions {
  static final byte[] PIN = Lab.PIN.getBytes(StandardCharsets.US_ASCII);
  static final byte[] SO_PIN = Lab.SO_PIN.getBytes(StandardCharsets.US_ASCII);
  static final byte[] WRONG = "none-of-them".getBytes(StandardCharsets.US_ASCII);
  static final String LOCKED = "LockoutTest shows it: it takes a TPM that locks early";
  private static final String ANY_BYTES = "a PIN may be any bytes here";

  private SlotFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        new FunctionRows(
            Fn.C_GetSlotList,
            number("tokenPresent", 1),
            buffer("pSlotList", 512),
            room("pulCount", 64)),
        new FunctionRows(Fn.C_GetSlotInfo, slot(), pointer("pInfo", 128)),
        new FunctionRows(Fn.C_GetTokenInfo, slot(), pointer("pInfo", 256)),
        new FunctionRows(
                Fn.C_WaitForSlotEvent,
                number("flags", 1),
                pointer("pSlot", 8),
                number("pReserved", 0))
            .after(World::noEvents)
            .answers(Rv.CKR_NO_EVENT)
            .when(Rv.CKR_OK, "a slot got a token", SlotFunctions::event)
            .but(Rv.CKR_ARGUMENTS_BAD, "pReserved", "not NULL", w -> w.memory(8)),
        new FunctionRows(
            Fn.C_GetMechanismList, slot(), buffer("pMechanismList", 4096), room("pulCount", 512)),
        new FunctionRows(
                Fn.C_GetMechanismInfo, slot(), number("type", Ck.M_SHA256), pointer("pInfo", 24))
            .but(Rv.CKR_MECHANISM_INVALID, "type", "that nobody has", w -> Ck.M_NONE),
        initToken(),
        new FunctionRows(
                Fn.C_InitPIN,
                session(),
                input("pPin", w -> w.bytes(PIN)),
                number("ulPinLen", PIN.length))
            .after(World::officer)
            .but(Rv.CKR_PIN_LEN_RANGE, "ulPinLen", "3", w -> 3)
            .but(Rv.CKR_PIN_LEN_RANGE, "a PIN of 256 bytes", sized(256))
            .when(Rv.CKR_USER_NOT_LOGGED_IN, "nobody is logged in", World::logout)
            .when(Rv.CKR_USER_NOT_LOGGED_IN, "the user is logged in", w -> {})
            .open(Rv.CKR_SESSION_READ_ONLY, "the SO has no R/O session")
            .open(Rv.CKR_PIN_INVALID, ANY_BYTES),
        setPin());
  }

  private static FunctionRows initToken() {
    return new FunctionRows(
            Fn.C_InitToken,
            new Argument("slotID", Argument.Kind.SLOT, World::blankSlot),
            input("pPin", w -> w.bytes(SO_PIN)),
            number("ulPinLen", SO_PIN.length),
            new Argument("pLabel", Argument.Kind.POINTER, w -> w.bytes(label("another"))))
        .when(
            Rv.CKR_OK,
            "again, with the SO's PIN",
            w -> w.module.initToken("again", Lab.SO_PIN),
            Map.of(
                "slotID",
                w -> w.module.slotOf("again"),
                "pLabel",
                w -> w.bytes(label("and again"))))
        .but(
            Rv.CKR_PIN_INCORRECT,
            "again, with another PIN",
            Map.of("slotID", World::pinlessSlot, "pPin", w -> w.bytes(WRONG)))
        .but(Rv.CKR_SESSION_EXISTS, "slotID", "with a session", World::slot)
        .open(Rv.CKR_PIN_LOCKED, LOCKED);
  }

  private static FunctionRows setPin() {
    return new FunctionRows(
            Fn.C_SetPIN,
            session(),
            input("pOldPin", w -> w.bytes(PIN)),
            number("ulOldLen", PIN.length),
            input("pNewPin", w -> w.bytes(PIN)),
            number("ulNewLen", PIN.length))
        .when(Rv.CKR_OK, "nobody is logged in: the user's", World::logout)
        .when(
            Rv.CKR_OK,
            "the SO is logged in: the SO's",
            World::officer,
            Map.of(
                "pOldPin",
                w -> w.bytes(SO_PIN),
                "ulOldLen",
                w -> SO_PIN.length,
                "pNewPin",
                w -> w.bytes(SO_PIN),
                "ulNewLen",
                w -> SO_PIN.length))
        .but(Rv.CKR_PIN_INCORRECT, "pOldPin", "of nobody", w -> w.bytes(WRONG))
        .but(Rv.CKR_PIN_LEN_RANGE, "ulNewLen", "3", w -> 3)
        .when(Rv.CKR_SESSION_READ_ONLY, "the session is R/O User", World::reader)
        .when(Rv.CKR_SESSION_READ_ONLY, "the session is R/O Public", World::publicReader)
        .open(Rv.CKR_PIN_INVALID, ANY_BYTES)
        .open(Rv.CKR_PIN_LOCKED, LOCKED);
  }

  private static Map<String, Value> sized(int length) {
    return Map.of("pPin", w -> w.memory(length), "ulPinLen", w -> length);
  }

  private static void event(World w) {
    w.noEvents();
    w.module.initToken("event", Lab.SO_PIN);
  }

  private static byte[] label(String text) {
    return "%-32s".formatted(text).getBytes(StandardCharsets.US_ASCII);
  }
}
