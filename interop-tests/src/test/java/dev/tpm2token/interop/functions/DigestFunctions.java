package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.buffer;
import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.key;
import static dev.tpm2token.interop.functions.Argument.mechanism;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.room;
import static dev.tpm2token.interop.functions.Argument.session;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.util.List;

/** Message digesting: PKCS#11, section 5.12. */
final class DigestFunctions {
  private DigestFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        new FunctionRows(Fn.C_DigestInit, session(), mechanism(w -> w.mechanism(Ck.M_SHA256)))
            .when(Rv.CKR_OK, "nobody is logged in", World::logout)
            .when(Rv.CKR_OPERATION_ACTIVE, "one is under way", World::digesting)
            .terminates(World::digesting)
            .but(
                Rv.CKR_MECHANISM_INVALID,
                "pMechanism",
                "that does not digest",
                w -> w.mechanism(Ck.M_RSA_PKCS))
            .open(Rv.CKR_OPERATION_CANCEL_FAILED, EncryptionFunctions.ALWAYS)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, "no login is wanted"),
        new FunctionRows(
                Fn.C_Digest,
                session(),
                input("pData", w -> w.bytes(World.BLOCK)),
                number("ulDataLen", 16),
                buffer("pDigest", 64),
                room("pulDigestLen", 64))
            .during(World::digesting)
            .when(
                Rv.CKR_OPERATION_NOT_INITIALIZED,
                EncryptionFunctions.PARTS,
                w -> {
                  w.digesting();
                  w.ok(Fn.C_DigestUpdate, w.session(), w.memory(16), 16);
                })
            .but(Rv.CKR_OK, "ulDataLen", "0", w -> 0),
        new FunctionRows(
                Fn.C_DigestUpdate,
                session(),
                input("pPart", w -> w.bytes(World.BLOCK)),
                number("ulPartLen", 16))
            .during(World::digesting),
        new FunctionRows(Fn.C_DigestKey, session(), key("hKey", World::secret))
            .during(World::digesting)
            .but(Rv.CKR_KEY_INDIGESTIBLE, "hKey", "of RSA", World::rsaPublic)
            .open(Rv.CKR_KEY_SIZE_RANGE, "a digest takes any length"),
        new FunctionRows(
                Fn.C_DigestFinal, session(), buffer("pDigest", 64), room("pulDigestLen", 64))
            .during(World::digesting));
  }
}
