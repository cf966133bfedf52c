package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.session;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.util.function.Consumer;

/** C_SessionCancel (PKCS#11 3.0, 5.6.7): a flag for each kind of operation that it can end. */
final class SessionCancel {
  private static final long ALL = 0xffff_ffffL;

  private SessionCancel() {}

  static FunctionRows rows() {
    return new FunctionRows(NewerFn.C_SessionCancel, session(), number("flags", 0))
        .but(Rv.CKR_OK, "flags", "of operations that are not under way", w -> ALL)
        .row(ends("an encryption", 0x100, World::encrypting, Fn.C_EncryptFinal))
        .row(ends("a decryption", 0x200, World::decrypting, Fn.C_DecryptFinal))
        .row(ends("a digest", 0x400, World::digesting, Fn.C_DigestFinal))
        .row(ends("a signature", 0x800, World::macing, Fn.C_SignFinal))
        .row(ends("a verification", 0x2000, World::verifyingMac, Fn.C_VerifyFinal))
        .row(ends("a search", 0x40, World::finding, Fn.C_FindObjectsFinal))
        .row(
            ends(
                "a verification whose signature came first",
                0x2000,
                VerifySignatureFunctions::verifyingMac,
                NewerFn.C_VerifySignatureFinal))
        .row(
            ends(
                "encrypted messages",
                0x2,
                MessageCipherFunctions::encrypting,
                NewerFn.C_MessageEncryptFinal))
        .row(
            ends(
                "decrypted messages",
                0x4,
                MessageCipherFunctions::decrypting,
                NewerFn.C_MessageDecryptFinal))
        .row(
            ends(
                "signed messages",
                0x8,
                MessageSignatureFunctions::signing,
                NewerFn.C_MessageSignFinal))
        .row(
            ends(
                "verified messages",
                0x10,
                MessageSignatureFunctions::verifying,
                NewerFn.C_MessageVerifyFinal))
        .row(recovers("a recoverable signature", 0x1000, true))
        .row(recovers("a recovery", 0x4000, false))
        .row(leaves())
        .open(Rv.CKR_OPERATION_CANCEL_FAILED, EncryptionFunctions.ALWAYS);
  }

  /** What would finish the operation finds none. */
  private static Row ends(String what, long flag, Consumer<World> operation, Enum<?> last) {
    return new Row(
        NewerFn.C_SessionCancel,
        Rv.CKR_OK,
        "flags of " + what + ", which ends",
        w -> {
          operation.accept(w);
          Rv answer = w.call(NewerFn.C_SessionCancel, w.session(), flag);
          assertEquals(
              Rv.CKR_OPERATION_NOT_INITIALIZED,
              w.call(last, w.session(), w.memory(64), last == Fn.C_VerifyFinal ? 64 : w.ulong(64)),
              "it is over");
          return answer;
        });
  }

  private static Row recovers(String what, long flag, boolean signing) {
    Fn begin = signing ? Fn.C_SignRecoverInit : Fn.C_VerifyRecoverInit;
    Fn whole = signing ? Fn.C_SignRecover : Fn.C_VerifyRecover;
    return new Row(
        NewerFn.C_SessionCancel,
        Rv.CKR_OK,
        "flags of " + what + ", which ends",
        w -> {
          long key = signing ? w.rsaPrivate() : w.rsaPublic();
          w.ok(begin, w.session(), w.mechanism(Ck.M_RSA_PKCS), key);
          Rv answer = w.call(NewerFn.C_SessionCancel, w.session(), flag);
          assertEquals(
              Rv.CKR_OPERATION_NOT_INITIALIZED,
              w.call(whole, w.session(), w.memory(256), 256, w.memory(512), w.ulong(512)),
              "it is over");
          return answer;
        });
  }

  /** Of two operations at once the other goes on. */
  private static Row leaves() {
    return new Row(
        NewerFn.C_SessionCancel,
        Rv.CKR_OK,
        "flags of one of two operations, and the other goes on",
        w -> {
          w.digesting();
          w.encrypting();
          Rv answer = w.call(NewerFn.C_SessionCancel, w.session(), 0x100);
          w.ok(Fn.C_DigestFinal, w.session(), w.memory(64), w.ulong(64));
          return answer;
        });
  }
}
