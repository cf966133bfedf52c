package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.session;

import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.util.List;

/** Random numbers, and what is left of parallel functions: PKCS#11, sections 5.19 and 5.20. */
final class RandomFunctions {
  private static final String HAS_ONE = "there is a generator, and it takes seeds";
  private static final String NO_LOGIN = "no login is wanted";
  private static final String ALWAYS = "section 5.20: they simply return CKR_FUNCTION_NOT_PARALLEL";

  private RandomFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        new FunctionRows(
                Fn.C_SeedRandom,
                session(),
                input("pSeed", w -> w.bytes(World.BLOCK)),
                number("ulSeedLen", 16))
            .when(Rv.CKR_OK, "nobody is logged in", World::logout)
            .open(Rv.CKR_RANDOM_NO_RNG, HAS_ONE)
            .open(Rv.CKR_RANDOM_SEED_NOT_SUPPORTED, HAS_ONE)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_LOGIN),
        new FunctionRows(
                Fn.C_GenerateRandom,
                session(),
                input("pRandomData", w -> w.memory(16)),
                number("ulRandomLen", 16))
            .when(Rv.CKR_OK, "nobody is logged in", World::logout)
            .open(Rv.CKR_RANDOM_NO_RNG, HAS_ONE)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_LOGIN),
        parallel(Fn.C_GetFunctionStatus),
        parallel(Fn.C_CancelFunction));
  }

  private static FunctionRows parallel(Fn function) {
    return new FunctionRows(function, number("hSession", w -> w.session()))
        .answers(Rv.CKR_FUNCTION_NOT_PARALLEL)
        .open(Rv.CKR_SESSION_HANDLE_INVALID, ALWAYS);
  }
}
