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
import java.util.function.Consumer;

/** Two operations at once: PKCS#11, section 5.17. */
final class DualFunctions {
  private static final String ENDS = "padding and tags come last: C_DecryptFinal";

  private DualFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        dual(Fn.C_DigestEncryptUpdate, "pPart", World::digesting, World::encrypting)
            .when(
                Rv.CKR_DATA_LEN_RANGE,
                "more than RSA takes",
                w -> both(w, World::digesting, DualFunctions::rsa),
                "ulPartLen",
                w -> 300),
        dual(Fn.C_DecryptDigestUpdate, "pEncryptedPart", World::digesting, World::decrypting)
            .when(
                Rv.CKR_ENCRYPTED_DATA_LEN_RANGE,
                "more than RSA takes",
                w -> both(w, World::digesting, DualFunctions::rsaDecrypting),
                "ulEncryptedPartLen",
                w -> 300)
            .open(Rv.CKR_ENCRYPTED_DATA_INVALID, ENDS),
        dual(Fn.C_SignEncryptUpdate, "pPart", World::macing, World::encrypting)
            .when(
                Rv.CKR_DATA_LEN_RANGE,
                "more than RSA takes",
                w -> both(w, World::macing, DualFunctions::rsa),
                "ulPartLen",
                w -> 300)
            .when(
                Rv.CKR_USER_NOT_LOGGED_IN,
                "the key asks for a PIN at each use",
                w -> both(w, DualFunctions::asking, World::encrypting)),
        dual(Fn.C_DecryptVerifyUpdate, "pEncryptedPart", World::verifyingMac, World::decrypting)
            .when(
                Rv.CKR_DATA_LEN_RANGE,
                "more than is verified",
                w -> both(w, DualFunctions::verifying, World::decrypting),
                "ulEncryptedPartLen",
                w -> 304)
            .when(
                Rv.CKR_ENCRYPTED_DATA_LEN_RANGE,
                "more than RSA takes",
                w -> both(w, World::verifyingMac, DualFunctions::rsaDecrypting),
                "ulEncryptedPartLen",
                w -> 300)
            .open(Rv.CKR_ENCRYPTED_DATA_INVALID, ENDS));
  }

  private static FunctionRows dual(
      Fn function, String part, Consumer<World> first, Consumer<World> second) {
    String out = part.equals("pPart") ? "pEncryptedPart" : "pPart";
    return new FunctionRows(
            function,
            session(),
            input(part, w -> w.memory(512)),
            number("ul" + part.substring(1) + "Len", 16),
            buffer(out, 512),
            room("pul" + out.substring(1) + "Len", 512))
        .during(w -> both(w, first, second))
        .when(Rv.CKR_OPERATION_NOT_INITIALIZED, "the first alone is under way", first)
        .when(Rv.CKR_OPERATION_NOT_INITIALIZED, "the second alone is under way", second);
  }

  private static void both(World w, Consumer<World> first, Consumer<World> second) {
    first.accept(w);
    second.accept(w);
  }

  private static void rsa(World w) {
    w.ok(Fn.C_EncryptInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.rsaPublic());
  }

  private static void rsaDecrypting(World w) {
    w.ok(Fn.C_DecryptInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.rsaPrivate());
  }

  private static void asking(World w) {
    w.ok(Fn.C_SignInit, w.session(), w.mechanism(Ck.M_SHA256_RSA_PKCS), w.askingKey());
  }

  private static void verifying(World w) {
    w.ok(Fn.C_VerifyInit, w.session(), w.mechanism(Ck.M_RSA_PKCS), w.rsaPublic());
  }
}
