package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.pointer;

import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.util.List;
import jnr.ffi.Pointer;

/** General-purpose functions: PKCS#11, section 5.4. */
final class GeneralFunctions {
  private static final long LIBRARY_CANT_CREATE_OS_THREADS = 0x1;
  private static final long OS_LOCKING_OK = 0x2;

  private GeneralFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        new FunctionRows(Fn.C_Initialize, number("pInitArgs", 0))
            .early()
            .but(Rv.CKR_OK, "pInitArgs", "zeros", w -> arguments(w, 0, 0))
            .but(Rv.CKR_OK, "pInitArgs", "OS_LOCKING_OK", w -> arguments(w, OS_LOCKING_OK, 0))
            .but(
                Rv.CKR_OK,
                "pInitArgs",
                "LIBRARY_CANT_CREATE_OS_THREADS",
                w -> arguments(w, LIBRARY_CANT_CREATE_OS_THREADS, 0))
            .but(
                Rv.CKR_OK,
                "pInitArgs",
                "OS_LOCKING_OK and mutex functions",
                w -> arguments(w, OS_LOCKING_OK, 4))
            .but(Rv.CKR_OK, "pInitArgs", "mutex functions alone", w -> arguments(w, 0, 4))
            .but(
                Rv.CKR_ARGUMENTS_BAD, "pInitArgs", "three mutex functions", w -> arguments(w, 0, 3))
            .but(
                Rv.CKR_OK,
                "pInitArgs",
                "pReserved not NULL, as NSS and p11-kit have it",
                GeneralFunctions::reserved)
            .row(
                new Row(
                    Fn.C_Initialize,
                    Rv.CKR_CRYPTOKI_ALREADY_INITIALIZED,
                    "a second time",
                    w -> w.call(Fn.C_Initialize, (Object) null)))
            .open(Rv.CKR_CANT_LOCK, "the system's own locks do, whatever is asked for")
            .open(Rv.CKR_NEED_TO_CREATE_THREADS, "the module works without threads of its own"),
        new FunctionRows(Fn.C_Finalize, number("pReserved", 0))
            .but(Rv.CKR_ARGUMENTS_BAD, "pReserved", "not NULL", w -> w.memory(8)),
        new FunctionRows(Fn.C_GetInfo, pointer("pInfo", 88)),
        new FunctionRows(Fn.C_GetFunctionList, pointer("ppFunctionList", 8)));
  }

  /** CK_C_INITIALIZE_ARGS with so many of the four mutex functions. */
  private static Pointer arguments(World w, long flags, int functions) {
    Pointer arguments = w.memory(48);
    for (int i = 0; i < functions; i++) {
      arguments.putLong(8L * i, w.module.address(Fn.C_GetInfo)); // never called: there is no need
    }
    arguments.putLong(32, flags);
    return arguments;
  }

  private static Pointer reserved(World w) {
    Pointer arguments = arguments(w, 0, 0);
    arguments.putLong(40, arguments.address());
    return arguments;
  }
}
