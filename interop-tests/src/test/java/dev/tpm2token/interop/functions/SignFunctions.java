package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.buffer;
import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.room;
import static dev.tpm2token.interop.functions.Argument.session;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Signing, with and without recovery of the data: PKCS#11, section 5.13. */
final class SignFunctions {
  static final String NO_HANDLE = "without a login a private key has no handle: section 5.6.9";
  private static final long MGF1_SHA256 = 2;
  private static final String ASKS = "the key asks for a PIN at each use";
  private static final String TOO_LONG = "more than PKCS#1 takes";

  private SignFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        EncryptionFunctions.init(
                Fn.C_SignInit,
                w -> w.mechanism(Ck.M_RSA_PKCS),
                World::rsaPrivate,
                SignFunctions::signing)
            .when(
                Rv.CKR_KEY_HANDLE_INVALID,
                "nobody is logged in any more",
                SignFunctions::gone,
                "hKey",
                World::rsaPrivate)
            .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hKey", "a public one", World::rsaPublic)
            .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hKey", "on a curve", World::ecPrivate)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_HANDLE),
        new FunctionRows(
                Fn.C_Sign,
                session(),
                input("pData", w -> w.memory(512)),
                number("ulDataLen", 32),
                buffer("pSignature", 512),
                room("pulSignatureLen", 512))
            .during(SignFunctions::signing)
            .ends(Rv.CKR_DATA_LEN_RANGE, "ulDataLen", "246: " + TOO_LONG, w -> 246)
            .when(
                Rv.CKR_OPERATION_NOT_INITIALIZED,
                EncryptionFunctions.PARTS,
                w -> {
                  w.macing();
                  w.ok(Fn.C_SignUpdate, w.session(), w.memory(16), 16);
                })
            .when(
                Rv.CKR_DATA_INVALID,
                "a number greater than the modulus",
                w -> w.ok(Fn.C_SignInit, w.session(), w.mechanism(Ck.M_RSA_X_509), w.rsaPrivate()),
                Map.of("pData", w -> w.bytes(greatest()), "ulDataLen", w -> 256))
            .when(Rv.CKR_USER_NOT_LOGGED_IN, ASKS, SignFunctions::asking),
        new FunctionRows(
                Fn.C_SignUpdate,
                session(),
                input("pPart", w -> w.memory(512)),
                number("ulPartLen", 32))
            .during(World::macing)
            .when(Rv.CKR_DATA_LEN_RANGE, TOO_LONG, SignFunctions::signing, "ulPartLen", w -> 300)
            .when(Rv.CKR_USER_NOT_LOGGED_IN, ASKS, SignFunctions::asking),
        new FunctionRows(
                Fn.C_SignFinal, session(), buffer("pSignature", 512), room("pulSignatureLen", 512))
            .during(World::macing)
            .when(Rv.CKR_USER_NOT_LOGGED_IN, ASKS, SignFunctions::asking)
            .when(
                Rv.CKR_DATA_LEN_RANGE,
                "PSS of no hash",
                w -> w.ok(Fn.C_SignInit, w.session(), pss(w), w.rsaPrivate())),
        EncryptionFunctions.init(
                Fn.C_SignRecoverInit,
                w -> w.mechanism(Ck.M_RSA_PKCS),
                World::rsaPrivate,
                SignFunctions::recovering)
            .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hKey", "a public one", World::rsaPublic)
            .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hKey", "on a curve", World::ecPrivate)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_HANDLE),
        new FunctionRows(
                Fn.C_SignRecover,
                session(),
                input("pData", w -> w.memory(512)),
                number("ulDataLen", 32),
                buffer("pSignature", 512),
                room("pulSignatureLen", 512))
            .during(SignFunctions::recovering)
            .ends(Rv.CKR_DATA_LEN_RANGE, "ulDataLen", "246: " + TOO_LONG, w -> 246)
            .when(
                Rv.CKR_DATA_INVALID,
                "a number greater than the modulus",
                w ->
                    w.ok(
                        Fn.C_SignRecoverInit,
                        w.session(),
                        w.mechanism(Ck.M_RSA_X_509),
                        w.rsaPrivate()),
                Map.of("pData", w -> w.bytes(greatest()), "ulDataLen", w -> 256))
            .when(
                Rv.CKR_USER_NOT_LOGGED_IN,
                ASKS,
                w ->
                    w.ok(
                        Fn.C_SignRecoverInit,
                        w.session(),
                        w.mechanism(Ck.M_RSA_PKCS),
                        w.askingKey())));
  }

  static byte[] greatest() {
    byte[] bytes = new byte[256];
    Arrays.fill(bytes, (byte) 0xff);
    return bytes;
  }

  /** CKM_RSA_PKCS_PSS for SHA-256: hashAlg, mgf, sLen. */
  private static Object pss(World w) {
    return w.mechanism(
        Ck.M_RSA_PKCS_PSS,
        ByteBuffer.allocate(24)
            .order(ByteOrder.nativeOrder())
            .putLong(Ck.M_SHA256)
            .putLong(MGF1_SHA256)
            .putLong(32)
            .array());
  }

  private static void signing(World w) {
    w.ok(Fn.C_SignInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.rsaPrivate());
  }

  private static void recovering(World w) {
    w.ok(Fn.C_SignRecoverInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.rsaPrivate());
  }

  private static void asking(World w) {
    w.ok(Fn.C_SignInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.askingKey());
  }

  /** The handle is known, but not to the module. */
  private static void gone(World w) {
    w.rsaPrivate();
    w.logout();
  }
}
