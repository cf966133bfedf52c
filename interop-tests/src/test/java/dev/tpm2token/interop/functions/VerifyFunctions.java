package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.buffer;
import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.room;
import static dev.tpm2token.interop.functions.Argument.session;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.util.List;
import java.util.Map;

/** Verification, with and without recovery of the data: PKCS#11, section 5.15. */
final class VerifyFunctions {
  static final String NO_LOGIN = "a public key verifies for everybody";
  static final String ANY =
      "which data were signed nobody knows: a signature that does not fit is CKR_SIGNATURE_INVALID";

  private VerifyFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        EncryptionFunctions.init(
                Fn.C_VerifyInit,
                w -> w.mechanism(Ck.M_RSA_PKCS),
                World::rsaPublic,
                World::verifyingMac)
            .when(Rv.CKR_OK, "nobody is logged in", World::logout)
            .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hKey", "a private one", World::rsaPrivate)
            .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hKey", "on a curve", World::ecPublic)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_LOGIN),
        new FunctionRows(
                Fn.C_Verify,
                session(),
                input("pData", w -> w.bytes(World.BLOCK)),
                number("ulDataLen", 16),
                input("pSignature", VerifyFunctions::signature),
                number("ulSignatureLen", 256))
            .during(VerifyFunctions::verifying)
            .ends(Rv.CKR_SIGNATURE_INVALID, "pSignature", "of zeros", w -> w.memory(256))
            .ends(Rv.CKR_SIGNATURE_INVALID, "ulDataLen", "15", w -> 15)
            .ends(Rv.CKR_SIGNATURE_LEN_RANGE, "ulSignatureLen", "255", w -> 255)
            .when(
                Rv.CKR_OPERATION_NOT_INITIALIZED,
                EncryptionFunctions.PARTS,
                w -> {
                  w.verifyingMac();
                  w.ok(Fn.C_VerifyUpdate, w.session(), w.memory(16), 16);
                })
            .when(
                Rv.CKR_DATA_LEN_RANGE,
                "more than PKCS#1 takes",
                VerifyFunctions::verifying,
                Map.of("pData", w -> w.memory(300), "ulDataLen", w -> 300))
            .open(Rv.CKR_DATA_INVALID, ANY),
        new FunctionRows(
                Fn.C_VerifyUpdate,
                session(),
                input("pPart", w -> w.memory(512)),
                number("ulPartLen", 16))
            .during(World::verifyingMac)
            .when(
                Rv.CKR_DATA_LEN_RANGE,
                "more than PKCS#1 takes",
                VerifyFunctions::verifying,
                "ulPartLen",
                w -> 300),
        new FunctionRows(
                Fn.C_VerifyFinal,
                session(),
                input("pSignature", VerifyFunctions::mac),
                number("ulSignatureLen", 32))
            .during(World::verifyingMac)
            .ends(Rv.CKR_SIGNATURE_INVALID, "pSignature", "of zeros", w -> w.memory(32))
            .ends(Rv.CKR_SIGNATURE_LEN_RANGE, "ulSignatureLen", "31", w -> 31)
            .open(Rv.CKR_DATA_LEN_RANGE, "C_VerifyUpdate said it; none at all may be a message"),
        EncryptionFunctions.init(
                Fn.C_VerifyRecoverInit,
                w -> w.mechanism(Ck.M_RSA_PKCS),
                World::rsaPublic,
                VerifyFunctions::recovering)
            .when(Rv.CKR_OK, "nobody is logged in", World::logout)
            .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hKey", "a private one", World::rsaPrivate)
            .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hKey", "on a curve", World::ecPublic)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_LOGIN),
        new FunctionRows(
                Fn.C_VerifyRecover,
                session(),
                input("pSignature", VerifyFunctions::signature),
                number("ulSignatureLen", 256),
                buffer("pData", 512),
                room("pulDataLen", 512))
            .during(VerifyFunctions::recovering)
            .ends(Rv.CKR_SIGNATURE_INVALID, "pSignature", "of zeros", w -> w.memory(256))
            .ends(Rv.CKR_SIGNATURE_LEN_RANGE, "ulSignatureLen", "255", w -> 255)
            .but(
                Rv.CKR_SIGNATURE_INVALID,
                "and no room: that comes first",
                Map.of("pSignature", w -> w.memory(256), "pulDataLen", w -> w.ulong(0)))
            .open(Rv.CKR_DATA_INVALID, ANY)
            .open(Rv.CKR_DATA_LEN_RANGE, ANY));
  }

  private static void verifying(World w) {
    w.ok(Fn.C_VerifyInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.rsaPublic());
  }

  private static void recovering(World w) {
    w.ok(Fn.C_VerifyRecoverInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.rsaPublic());
  }

  static Object signature(World w) {
    return w.signature(Ck.M_RSA_PKCS, w.rsaPrivate(), World.BLOCK);
  }

  /** Of no data. */
  static Object mac(World w) {
    return w.signature(Ck.M_SHA256_HMAC, w.secret(), new byte[0]);
  }
}
