package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.buffer;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.pointer;
import static dev.tpm2token.interop.functions.Argument.room;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jnr.ffi.Pointer;

/** Interfaces, which a client may ask for before C_Initialize: PKCS#11 3.0, 5.4.5 and 5.4.6. */
final class InterfaceFunctions {
  private static final long FORK_SAFE = 1;
  private static final String OTHER = "that nobody has";

  private InterfaceFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        new FunctionRows(
                NewerFn.C_GetInterfaceList, buffer("pInterfaceList", 512), room("pulCount", 16))
            .row(beforeInitialize(NewerFn.C_GetInterfaceList)),
        new FunctionRows(
                NewerFn.C_GetInterface,
                number("pInterfaceName", 0),
                number("pVersion", 0),
                pointer("ppInterface", 8),
                number("flags", 0))
            .row(beforeInitialize(NewerFn.C_GetInterface))
            .but(Rv.CKR_OK, "pInterfaceName", "\"PKCS 11\"", w -> name(w, "PKCS 11"))
            .row(ofVersion(2, 40))
            .row(ofVersion(3, 0))
            .row(ofVersion(3, 2))
            .but(Rv.CKR_FUNCTION_FAILED, "pInterfaceName", OTHER, w -> name(w, "Vendor X"))
            .but(Rv.CKR_FUNCTION_FAILED, "pVersion", OTHER, w -> version(w, 9, 9))
            .but(Rv.CKR_FUNCTION_FAILED, "flags", OTHER, w -> FORK_SAFE)
            .open(Rv.CKR_BUFFER_TOO_SMALL, "what is given is an address"));
  }

  /** Either with two pointers, the last of which is enough. */
  private static Row beforeInitialize(NewerFn function) {
    return new Row(
        function,
        Rv.CKR_OK,
        "before C_Initialize",
        w ->
            w.uninitialised(
                () ->
                    function == NewerFn.C_GetInterface
                        ? w.call(function, null, null, w.memory(8), 0)
                        : w.call(function, null, w.memory(8))));
  }

  /** The interface's list begins with its version, and then has C_Initialize's address. */
  private static Row ofVersion(int major, int minor) {
    return new Row(
        NewerFn.C_GetInterface,
        Rv.CKR_OK,
        "pVersion %d.%d".formatted(major, minor),
        w -> {
          Pointer found = w.memory(8);
          Rv answer = w.call(NewerFn.C_GetInterface, null, version(w, major, minor), found, 0);
          Pointer list = found.getPointer(0).getPointer(8);
          assertEquals(major, list.getByte(0));
          assertEquals(minor, list.getByte(1));
          assertEquals(w.module.address(Fn.C_Initialize), list.getLong(8));
          return answer;
        });
  }

  private static Pointer name(World w, String name) {
    return w.bytes((name + "\0").getBytes(StandardCharsets.US_ASCII));
  }

  private static Pointer version(World w, int major, int minor) {
    return w.bytes(new byte[] {(byte) major, (byte) minor});
  }
}
