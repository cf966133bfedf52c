package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.pointer;
import static dev.tpm2token.interop.functions.Argument.session;

import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Asynchronous operations: PKCS#11 3.2, section 5.22. C_OpenSession refuses such sessions, so there
 * is never one to complete, to name or to join.
 */
final class AsyncFunctions {
  private static final byte[] NAME = "C_SignFinal\0".getBytes(StandardCharsets.US_ASCII);
  private static final String NONE = "no session is asynchronous";

  private AsyncFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        new FunctionRows(
                NewerFn.C_AsyncComplete, session(), name(), number("pResult", w -> w.memory(40)))
            .answers(Rv.CKR_OPERATION_NOT_INITIALIZED)
            .when(
                Rv.CKR_OPERATION_NOT_INITIALIZED,
                "the function's operation is under way",
                World::macing),
        new FunctionRows(NewerFn.C_AsyncGetID, session(), name(), pointer("pulID", 8))
            .answers(Rv.CKR_OPERATION_NOT_INITIALIZED)
            .open(Rv.CKR_OK, NONE)
            .open(Rv.CKR_STATE_UNSAVEABLE, NONE),
        new FunctionRows(
                NewerFn.C_AsyncJoin,
                session(),
                name(),
                number("ulID", 1),
                number("pData", w -> w.memory(64)),
                number("ulData", 64))
            .answers(Rv.CKR_SAVED_STATE_INVALID)
            .open(Rv.CKR_OK, NONE)
            .open(Rv.CKR_BUFFER_TOO_SMALL, NONE));
  }

  private static Argument name() {
    return input("pFunctionName", w -> w.bytes(NAME));
  }
}
