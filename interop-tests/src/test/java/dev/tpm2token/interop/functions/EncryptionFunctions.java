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
import java.util.function.Consumer;

/** Encryption: PKCS#11, section 5.8. */
final class EncryptionFunctions {
  static final String NO_SIZE = "a token has no key of a size that its mechanisms do not take";
  static final String PARTS = "a part has come before";
  static final String ALWAYS = "every operation can be cancelled";

  private EncryptionFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        init(Fn.C_EncryptInit, World::cbc, World::aes, World::encrypting)
            .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hKey", "not for it", World::uselessAes)
            .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hKey", "of RSA", World::rsaPublic)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, "a key of a user who is not there has no handle"),
        new FunctionRows(
                Fn.C_Encrypt,
                session(),
                input("pData", w -> w.bytes(World.BLOCK)),
                number("ulDataLen", 16),
                buffer("pEncryptedData", 64),
                room("pulEncryptedDataLen", 64))
            .during(World::encrypting)
            .ends(Rv.CKR_DATA_LEN_RANGE, "ulDataLen", "15: no whole block", w -> 15)
            .when(
                Rv.CKR_OPERATION_NOT_INITIALIZED,
                PARTS,
                w -> {
                  w.encrypting();
                  part(w, Fn.C_EncryptUpdate);
                })
            .open(Rv.CKR_DATA_INVALID, "data are any bytes; what is wrong is their length"),
        new FunctionRows(
                Fn.C_EncryptUpdate,
                session(),
                input("pPart", w -> w.memory(512)),
                number("ulPartLen", 16),
                buffer("pEncryptedPart", 512),
                room("pulEncryptedPartLen", 512))
            .during(World::encrypting)
            .when(
                Rv.CKR_DATA_LEN_RANGE,
                "more than RSA takes",
                w -> w.ok(Fn.C_EncryptInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.rsaPublic()),
                "ulPartLen",
                w -> 300),
        new FunctionRows(
                Fn.C_EncryptFinal,
                session(),
                buffer("pLastEncryptedPart", 64),
                room("pulLastEncryptedPartLen", 64))
            .during(w -> w.ok(Fn.C_EncryptInit, w.session(), w.padded(), w.aes()))
            .when(Rv.CKR_DATA_LEN_RANGE, "after 15 bytes", EncryptionFunctions::fifteen));
  }

  /** 16 bytes, and room for what comes of them. */
  static void part(World w, Fn update) {
    w.ok(update, w.session(), w.memory(16), 16, w.memory(64), w.ulong(64));
  }

  private static void fifteen(World w) {
    w.encrypting();
    w.ok(Fn.C_EncryptUpdate, w.session(), w.memory(15), 15, w.memory(64), w.ulong(64));
  }

  /** What all C_…Init functions that take a key have in common. */
  static FunctionRows init(Enum<?> function, Value mechanism, Value key, Consumer<World> underWay) {
    return new FunctionRows(function, session(), mechanism(mechanism), key("hKey", key))
        .when(Rv.CKR_OPERATION_ACTIVE, "one is under way", underWay)
        .terminates(underWay)
        .open(Rv.CKR_KEY_SIZE_RANGE, NO_SIZE)
        .open(Rv.CKR_OPERATION_CANCEL_FAILED, ALWAYS);
  }
}
