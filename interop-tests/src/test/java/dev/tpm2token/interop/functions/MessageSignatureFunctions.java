package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.buffer;
import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.key;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.session;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import jnr.ffi.Pointer;

/**
 * Messages signed and verified under one key, and signatures that come before the data: PKCS#11
 * 3.2, 5.14 to 5.16.
 */
final class MessageSignatureFunctions {
  private static final String ANY = "a message is any bytes";
  private static final String NO_POINTER = "there is no pointer, and nothing to point wrong";
  private static final String NO_ASKING = "shown for C_Sign";

  private MessageSignatureFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        init(NewerFn.C_MessageSignInit, World::ecPrivate, MessageSignatureFunctions::signing)
            .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hKey", "a public one", World::ecPublic)
            .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hKey", "of RSA", World::rsaPrivate),
        sign(NewerFn.C_SignMessage, "pData")
            .during(MessageSignatureFunctions::signing)
            .when(
                Rv.CKR_OPERATION_ACTIVE,
                "in the middle of another",
                MessageSignatureFunctions::signBegun)
            .open(Rv.CKR_DATA_INVALID, ANY),
        begin(NewerFn.C_SignMessageBegin)
            .during(MessageSignatureFunctions::signing)
            .when(
                Rv.CKR_OPERATION_ACTIVE,
                "in the middle of another",
                MessageSignatureFunctions::signBegun),
        sign(NewerFn.C_SignMessageNext, "pDataPart").during(MessageSignatureFunctions::signBegun),
        finish(
                NewerFn.C_MessageSignFinal,
                MessageSignatureFunctions::signing,
                MessageSignatureFunctions::signBegun)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_ASKING),
        init(NewerFn.C_MessageVerifyInit, World::ecPublic, MessageSignatureFunctions::verifying)
            .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hKey", "a private one", World::ecPrivate)
            .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hKey", "of RSA", World::rsaPublic),
        verify(NewerFn.C_VerifyMessage, "pData")
            .during(MessageSignatureFunctions::verifying)
            .when(
                Rv.CKR_OPERATION_ACTIVE,
                "in the middle of another",
                MessageSignatureFunctions::verifyBegun)
            .open(Rv.CKR_DATA_INVALID, ANY),
        begin(NewerFn.C_VerifyMessageBegin)
            .during(MessageSignatureFunctions::verifying)
            .when(
                Rv.CKR_OPERATION_ACTIVE,
                "in the middle of another",
                MessageSignatureFunctions::verifyBegun),
        verify(NewerFn.C_VerifyMessageNext, "pDataPart")
            .during(MessageSignatureFunctions::verifyBegun),
        finish(
                NewerFn.C_MessageVerifyFinal,
                MessageSignatureFunctions::verifying,
                MessageSignatureFunctions::verifyBegun)
            .open(Rv.CKR_DATA_LEN_RANGE, ANY));
  }

  private static FunctionRows init(NewerFn function, Value key, Consumer<World> underWay) {
    return new FunctionRows(
            function,
            session(),
            new Argument("pMechanism", Argument.Kind.NUMBER, MessageSignatureFunctions::ecdsa),
            key("hKey", key))
        .when(
            Rv.CKR_OK, "pMechanism NULL ends what is under way", underWay, "pMechanism", w -> null)
        .but(Rv.CKR_MECHANISM_INVALID, "pMechanism", "that nobody has", w -> w.mechanism(Ck.M_NONE))
        .but(
            Rv.CKR_MECHANISM_PARAM_INVALID,
            "pMechanism",
            "with a parameter of 3 bytes",
            w -> w.mechanism(Ck.M_ECDSA_SHA256, new byte[3]))
        .but(
            Rv.CKR_ARGUMENTS_BAD,
            "pMechanism",
            "with a parameter at NULL",
            MessageSignatureFunctions::nowhere)
        .when(Rv.CKR_OPERATION_ACTIVE, "one is under way", underWay)
        .open(Rv.CKR_KEY_SIZE_RANGE, EncryptionFunctions.NO_SIZE)
        .open(Rv.CKR_USER_NOT_LOGGED_IN, SignFunctions.NO_HANDLE);
  }

  private static Pointer nowhere(World w) {
    Pointer mechanism = ecdsa(w);
    mechanism.putLong(16, 3);
    return mechanism;
  }

  private static FunctionRows sign(NewerFn function, String data) {
    return new FunctionRows(
            function,
            session(),
            number("pParameter", 0),
            number("ulParameterLen", 0),
            input(data, w -> w.bytes(World.BLOCK)),
            number("ul" + data.substring(1) + "Len", 16),
            buffer("pSignature", 512),
            new Argument(
                "pulSignatureLen",
                function == NewerFn.C_SignMessage ? Argument.Kind.ROOM : Argument.Kind.LAST_ROOM,
                w -> w.ulong(512)))
        .but(
            Rv.CKR_MECHANISM_PARAM_INVALID,
            "a parameter of 3 bytes",
            Map.of("pParameter", w -> w.memory(3), "ulParameterLen", w -> 3))
        .open(Rv.CKR_DATA_LEN_RANGE, ANY)
        .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_ASKING);
  }

  private static FunctionRows begin(NewerFn function) {
    return new FunctionRows(
            function, session(), number("pParameter", 0), number("ulParameterLen", 0))
        .but(
            Rv.CKR_MECHANISM_PARAM_INVALID,
            "a parameter of 3 bytes",
            Map.of("pParameter", w -> w.memory(3), "ulParameterLen", w -> 3))
        .open(Rv.CKR_ARGUMENTS_BAD, "no mechanism takes a parameter, whatever it points to")
        .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_ASKING);
  }

  private static FunctionRows verify(NewerFn function, String data) {
    return new FunctionRows(
            function,
            session(),
            number("pParameter", 0),
            number("ulParameterLen", 0),
            input(data, w -> w.bytes(World.BLOCK)),
            number("ul" + data.substring(1) + "Len", 16),
            number("pSignature", MessageSignatureFunctions::signature),
            number("ulSignatureLen", 64))
        .but(Rv.CKR_SIGNATURE_INVALID, "pSignature", "of zeros", w -> w.memory(64))
        .but(Rv.CKR_SIGNATURE_LEN_RANGE, "ulSignatureLen", "63", w -> 63)
        .but(
            Rv.CKR_MECHANISM_PARAM_INVALID,
            "a parameter of 3 bytes",
            Map.of("pParameter", w -> w.memory(3), "ulParameterLen", w -> 3))
        .open(Rv.CKR_DATA_LEN_RANGE, ANY);
  }

  private static FunctionRows finish(
      NewerFn function, Consumer<World> process, Consumer<World> message) {
    return new FunctionRows(function, session())
        .during(process)
        .when(Rv.CKR_OPERATION_ACTIVE, "in the middle of a message", message)
        .open(Rv.CKR_ARGUMENTS_BAD, NO_POINTER);
  }

  private static Pointer ecdsa(World w) {
    return w.mechanism(Ck.M_ECDSA_SHA256);
  }

  private static Object signature(World w) {
    return w.once("signature", () -> w.signature(Ck.M_ECDSA_SHA256, w.ecPrivate(), World.BLOCK));
  }

  static void signing(World w) {
    w.ok(NewerFn.C_MessageSignInit, w.session(), ecdsa(w), w.ecPrivate());
  }

  private static void signBegun(World w) {
    signing(w);
    w.ok(NewerFn.C_SignMessageBegin, w.session(), null, 0);
  }

  static void verifying(World w) {
    w.ok(NewerFn.C_MessageVerifyInit, w.session(), ecdsa(w), w.ecPublic());
  }

  private static void verifyBegun(World w) {
    verifying(w);
    w.ok(NewerFn.C_VerifyMessageBegin, w.session(), null, 0);
  }
}
