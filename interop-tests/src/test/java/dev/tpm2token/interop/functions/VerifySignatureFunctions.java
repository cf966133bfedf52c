package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.key;
import static dev.tpm2token.interop.functions.Argument.mechanism;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.session;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Verification where the signature comes before the data: PKCS#11 3.2, 5.15.7 to 5.15.10. */
final class VerifySignatureFunctions {
  private static final String NO_MATTER = "it is said when the data are there";
  private static final String LAST = "the signature comes last: C_VerifyInit is under way";

  private VerifySignatureFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        init(),
        new FunctionRows(
                NewerFn.C_VerifySignature,
                session(),
                input("pData", w -> w.bytes(World.BLOCK)),
                number("ulDataLen", 16))
            .during(VerifySignatureFunctions::verifying)
            .when(Rv.CKR_OPERATION_NOT_INITIALIZED, LAST, World::verifyingMac)
            .when(
                Rv.CKR_OPERATION_NOT_INITIALIZED,
                EncryptionFunctions.PARTS,
                w -> {
                  verifying(w);
                  w.ok(NewerFn.C_VerifySignatureUpdate, w.session(), w.memory(16), 16);
                })
            .ends(Rv.CKR_SIGNATURE_INVALID, "ulDataLen", "15", w -> 15)
            .ends(Rv.CKR_SIGNATURE_INVALID, "pData", "of zeros", w -> w.memory(16))
            .when(
                Rv.CKR_SIGNATURE_INVALID,
                "the signature is of zeros",
                w -> begin(w, w.memory(256), 256))
            .when(
                Rv.CKR_SIGNATURE_LEN_RANGE,
                "the signature has 255 bytes",
                w -> begin(w, w.memory(256), 255))
            .when(
                Rv.CKR_DATA_LEN_RANGE,
                "more than PKCS#1 takes",
                VerifySignatureFunctions::verifying,
                Map.of("pData", w -> w.memory(300), "ulDataLen", w -> 300))
            .open(Rv.CKR_DATA_INVALID, VerifyFunctions.ANY),
        new FunctionRows(
                NewerFn.C_VerifySignatureUpdate,
                session(),
                input("pPart", w -> w.memory(512)),
                number("ulPartLen", 16))
            .during(VerifySignatureFunctions::verifyingMac)
            .when(Rv.CKR_OPERATION_NOT_INITIALIZED, LAST, World::verifyingMac)
            .when(
                Rv.CKR_DATA_LEN_RANGE,
                "more than PKCS#1 takes",
                VerifySignatureFunctions::verifying,
                "ulPartLen",
                w -> 300),
        new FunctionRows(NewerFn.C_VerifySignatureFinal, session())
            .during(VerifySignatureFunctions::verifyingMac)
            .when(Rv.CKR_OPERATION_NOT_INITIALIZED, LAST, World::verifyingMac)
            .when(
                Rv.CKR_SIGNATURE_INVALID,
                "other data came",
                w -> {
                  verifyingMac(w);
                  w.ok(NewerFn.C_VerifySignatureUpdate, w.session(), w.memory(16), 16);
                })
            .when(
                Rv.CKR_SIGNATURE_LEN_RANGE,
                "the MAC has 31 bytes",
                w ->
                    w.ok(
                        NewerFn.C_VerifySignatureInit,
                        w.session(),
                        w.mechanism(Ck.M_SHA256_HMAC),
                        w.secret(),
                        w.memory(31),
                        31))
            .open(Rv.CKR_ARGUMENTS_BAD, "there is no argument but the session")
            .open(Rv.CKR_DATA_LEN_RANGE, "C_VerifySignatureUpdate said it"));
  }

  private static FunctionRows init() {
    Consumer<World> underWay = VerifySignatureFunctions::verifyingMac;
    return new FunctionRows(
            NewerFn.C_VerifySignatureInit,
            session(),
            mechanism(w -> w.mechanism(Ck.M_RSA_PKCS)),
            key("hKey", World::rsaPublic),
            input("pSignature", VerifyFunctions::signature),
            number("ulSignatureLen", 256))
        .when(Rv.CKR_OK, "nobody is logged in", World::logout, "pSignature", w -> w.memory(256))
        .when(Rv.CKR_OPERATION_ACTIVE, "one is under way", underWay)
        .when(Rv.CKR_OPERATION_ACTIVE, "C_VerifyInit is under way", World::verifyingMac)
        .terminates(underWay)
        .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hKey", "a private one", World::rsaPrivate)
        .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hKey", "on a curve", World::ecPublic)
        .open(Rv.CKR_KEY_SIZE_RANGE, EncryptionFunctions.NO_SIZE)
        .open(Rv.CKR_OPERATION_CANCEL_FAILED, EncryptionFunctions.ALWAYS)
        .open(Rv.CKR_SIGNATURE_LEN_RANGE, NO_MATTER)
        .open(Rv.CKR_USER_NOT_LOGGED_IN, VerifyFunctions.NO_LOGIN);
  }

  private static void verifying(World w) {
    begin(w, VerifyFunctions.signature(w), 256);
  }

  private static void begin(World w, Object signature, int length) {
    w.ok(
        NewerFn.C_VerifySignatureInit,
        w.session(),
        w.mechanism(Ck.M_RSA_PKCS),
        w.rsaPublic(),
        signature,
        length);
  }

  /** Of no data. */
  static void verifyingMac(World w) {
    w.ok(
        NewerFn.C_VerifySignatureInit,
        w.session(),
        w.mechanism(Ck.M_SHA256_HMAC),
        w.secret(),
        VerifyFunctions.mac(w),
        32);
  }
}
