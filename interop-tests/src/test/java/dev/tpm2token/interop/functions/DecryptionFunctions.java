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

/** Decryption: PKCS#11, section 5.10. */
final class DecryptionFunctions {
  private DecryptionFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        EncryptionFunctions.init(Fn.C_DecryptInit, World::cbc, World::aes, World::decrypting)
            .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hKey", "not for it", World::uselessAes)
            .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hKey", "of RSA", World::rsaPrivate)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, SignFunctions.NO_HANDLE),
        new FunctionRows(
                Fn.C_Decrypt,
                session(),
                input("pEncryptedData", w -> w.bytes(w.encrypted(w.cbc(), World.BLOCK))),
                number("ulEncryptedDataLen", 16),
                buffer("pData", 512),
                room("pulDataLen", 512))
            .during(World::decrypting)
            .ends(
                Rv.CKR_ENCRYPTED_DATA_LEN_RANGE,
                "ulEncryptedDataLen",
                "15: no whole block",
                w -> 15)
            .when(
                Rv.CKR_OPERATION_NOT_INITIALIZED,
                EncryptionFunctions.PARTS,
                w -> {
                  w.decrypting();
                  EncryptionFunctions.part(w, Fn.C_DecryptUpdate);
                })
            .when(
                Rv.CKR_ENCRYPTED_DATA_INVALID,
                "without padding",
                DecryptionFunctions::padded,
                "pEncryptedData",
                w -> w.bytes(w.encrypted(w.cbc(), World.BLOCK)))
            .when(
                Rv.CKR_USER_NOT_LOGGED_IN,
                "the key asks for a PIN at each use",
                DecryptionFunctions::asking,
                Map.of("pEncryptedData", w -> w.memory(256), "ulEncryptedDataLen", w -> 256)),
        new FunctionRows(
                Fn.C_DecryptUpdate,
                session(),
                input("pEncryptedPart", w -> w.memory(512)),
                number("ulEncryptedPartLen", 16),
                buffer("pPart", 512),
                room("pulPartLen", 512))
            .during(World::decrypting)
            .when(
                Rv.CKR_ENCRYPTED_DATA_LEN_RANGE,
                "more than RSA takes",
                w ->
                    w.ok(Fn.C_DecryptInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.rsaPrivate()),
                "ulEncryptedPartLen",
                w -> 300)
            .when(
                Rv.CKR_USER_NOT_LOGGED_IN,
                "the key asks for a PIN at each use",
                DecryptionFunctions::asking)
            .open(Rv.CKR_ENCRYPTED_DATA_INVALID, "padding and tags come last: C_DecryptFinal"),
        new FunctionRows(
                Fn.C_DecryptFinal, session(), buffer("pLastPart", 512), room("pulLastPartLen", 512))
            .during(DecryptionFunctions::lastPart)
            .when(
                Rv.CKR_ENCRYPTED_DATA_LEN_RANGE,
                "after 15 bytes",
                w -> feed(w, w.cbc(), new byte[15]))
            .when(
                Rv.CKR_ENCRYPTED_DATA_INVALID,
                "without padding",
                w -> feed(w, w.padded(), w.encrypted(w.cbc(), World.BLOCK)))
            .when(
                Rv.CKR_USER_NOT_LOGGED_IN,
                "the key asks for a PIN at each use",
                DecryptionFunctions::asking));
  }

  private static void padded(World w) {
    w.ok(Fn.C_DecryptInit, w.session(), w.padded(), w.aes());
  }

  private static void asking(World w) {
    w.ok(Fn.C_DecryptInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.askingKey());
  }

  /** One block with padding: what it holds comes out at the end. */
  private static void lastPart(World w) {
    feed(w, w.padded(), w.encrypted(w.padded(), new byte[5]));
  }

  private static void feed(World w, Object mechanism, byte[] encrypted) {
    w.ok(Fn.C_DecryptInit, w.session(), mechanism, w.aes());
    w.ok(
        Fn.C_DecryptUpdate,
        w.session(),
        w.bytes(encrypted),
        encrypted.length,
        w.memory(64),
        w.ulong(64));
  }
}
