package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.buffer;
import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.key;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.room;
import static dev.tpm2token.interop.functions.Argument.session;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.util.List;
import java.util.function.Consumer;
import jnr.ffi.Pointer;

/** Messages encrypted and decrypted under one key: PKCS#11, sections 5.9 and 5.11. */
final class MessageCipherFunctions {
  private static final int GCM_BYTES = 48;
  private static final String ANY = "a message is any bytes";
  private static final String NO_ASKING = "secret keys ask for no PIN at each use";
  private static final String NO_POINTER = "there is no pointer, and nothing to point wrong";

  private MessageCipherFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        init(NewerFn.C_MessageEncryptInit, MessageCipherFunctions::encrypting),
        whole(NewerFn.C_EncryptMessage, "pPlaintext", "pCiphertext", w -> w.bytes(World.BLOCK))
            .during(MessageCipherFunctions::encrypting)
            .when(Rv.CKR_OPERATION_ACTIVE, "in the middle of another", w -> begun(w, true))
            .open(Rv.CKR_DATA_INVALID, ANY)
            .open(Rv.CKR_DATA_LEN_RANGE, ANY),
        begin(NewerFn.C_EncryptMessageBegin)
            .during(MessageCipherFunctions::encrypting)
            .when(Rv.CKR_OPERATION_ACTIVE, "in the middle of another", w -> begun(w, true)),
        next(
                NewerFn.C_EncryptMessageNext,
                "pPlaintextPart",
                "pCiphertextPart",
                w -> w.bytes(World.BLOCK))
            .during(w -> begun(w, true))
            .when(
                Rv.CKR_OPERATION_NOT_INITIALIZED,
                "no message is begun",
                MessageCipherFunctions::encrypting)
            .open(Rv.CKR_DATA_LEN_RANGE, ANY),
        finish(NewerFn.C_MessageEncryptFinal, true),
        init(NewerFn.C_MessageDecryptInit, MessageCipherFunctions::decrypting),
        whole(
                NewerFn.C_DecryptMessage,
                "pCiphertext",
                "pPlaintext",
                MessageCipherFunctions::encrypted)
            .during(MessageCipherFunctions::decrypting)
            .when(Rv.CKR_OPERATION_ACTIVE, "in the middle of another", w -> begun(w, false))
            .but(Rv.CKR_AEAD_DECRYPT_FAILED, "pCiphertext", "of zeros", w -> w.memory(16))
            .but(Rv.CKR_AEAD_DECRYPT_FAILED, "ulAssociatedDataLen", "of other data", w -> 15)
            .open(Rv.CKR_ENCRYPTED_DATA_INVALID, "that is CKR_AEAD_DECRYPT_FAILED")
            .open(Rv.CKR_ENCRYPTED_DATA_LEN_RANGE, ANY)
            .open(Rv.CKR_OPERATION_CANCEL_FAILED, EncryptionFunctions.ALWAYS)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_ASKING),
        begin(NewerFn.C_DecryptMessageBegin)
            .during(MessageCipherFunctions::decrypting)
            .when(Rv.CKR_OPERATION_ACTIVE, "in the middle of another", w -> begun(w, false)),
        next(
                NewerFn.C_DecryptMessageNext,
                "pCiphertextPart",
                "pPlaintextPart",
                MessageCipherFunctions::encrypted)
            .during(w -> begun(w, false))
            .when(
                Rv.CKR_OPERATION_NOT_INITIALIZED,
                "no message is begun",
                MessageCipherFunctions::decrypting)
            .but(Rv.CKR_AEAD_DECRYPT_FAILED, "pCiphertextPart", "of zeros", w -> w.memory(16))
            .open(Rv.CKR_ENCRYPTED_DATA_INVALID, "that is CKR_AEAD_DECRYPT_FAILED")
            .open(Rv.CKR_ENCRYPTED_DATA_LEN_RANGE, ANY)
            .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_ASKING),
        finish(NewerFn.C_MessageDecryptFinal, false).open(Rv.CKR_USER_NOT_LOGGED_IN, NO_ASKING));
  }

  private static FunctionRows init(NewerFn function, Consumer<World> underWay) {
    return new FunctionRows(
            function,
            session(),
            new Argument("pMechanism", Argument.Kind.NUMBER, MessageCipherFunctions::mechanism),
            key("hKey", World::aes))
        .when(
            Rv.CKR_OK, "pMechanism NULL ends what is under way", underWay, "pMechanism", w -> null)
        .but(Rv.CKR_MECHANISM_INVALID, "pMechanism", "that nobody has", w -> w.mechanism(Ck.M_NONE))
        .but(
            Rv.CKR_MECHANISM_PARAM_INVALID,
            "pMechanism",
            "with a parameter of 3 bytes",
            w -> w.mechanism(Ck.M_AES_GCM, new byte[3]))
        .when(Rv.CKR_OPERATION_ACTIVE, "one is under way", underWay)
        .but(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, "hKey", "not for it", World::uselessAes)
        .but(Rv.CKR_KEY_TYPE_INCONSISTENT, "hKey", "of RSA", World::rsaPublic)
        .open(Rv.CKR_KEY_SIZE_RANGE, EncryptionFunctions.NO_SIZE)
        .open(Rv.CKR_OPERATION_CANCEL_FAILED, EncryptionFunctions.ALWAYS)
        .open(Rv.CKR_USER_NOT_LOGGED_IN, SignFunctions.NO_HANDLE);
  }

  private static FunctionRows whole(NewerFn function, String in, String out, Value data) {
    return parameter(
        new FunctionRows(
            function,
            session(),
            new Argument("pParameter", Argument.Kind.POINTER, MessageCipherFunctions::gcm),
            number("ulParameterLen", GCM_BYTES),
            input("pAssociatedData", w -> w.bytes(World.KEY)),
            number("ulAssociatedDataLen", 16),
            input(in, data),
            number("ul" + in.substring(1) + "Len", 16),
            buffer(out, 64),
            room("pul" + out.substring(1) + "Len", 64)));
  }

  private static FunctionRows begin(NewerFn function) {
    return parameter(
            new FunctionRows(
                function,
                session(),
                new Argument("pParameter", Argument.Kind.POINTER, MessageCipherFunctions::gcm),
                number("ulParameterLen", GCM_BYTES),
                input("pAssociatedData", w -> w.bytes(World.KEY)),
                number("ulAssociatedDataLen", 16)))
        .open(Rv.CKR_USER_NOT_LOGGED_IN, NO_ASKING);
  }

  /** The last part of a message. */
  private static FunctionRows next(NewerFn function, String in, String out, Value data) {
    return parameter(
        new FunctionRows(
            function,
            session(),
            new Argument("pParameter", Argument.Kind.POINTER, MessageCipherFunctions::gcm),
            number("ulParameterLen", GCM_BYTES),
            input(in, data),
            number("ul" + in.substring(1) + "Len", 16),
            buffer(out, 64),
            room("pul" + out.substring(1) + "Len", 64),
            number("flags", 1)));
  }

  private static FunctionRows parameter(FunctionRows rows) {
    return rows.but(Rv.CKR_MECHANISM_PARAM_INVALID, "ulParameterLen", "47", w -> 47);
  }

  private static FunctionRows finish(NewerFn function, boolean encrypting) {
    return new FunctionRows(function, session())
        .during(
            encrypting ? MessageCipherFunctions::encrypting : MessageCipherFunctions::decrypting)
        .when(Rv.CKR_OPERATION_ACTIVE, "in the middle of a message", w -> begun(w, encrypting))
        .open(Rv.CKR_ARGUMENTS_BAD, NO_POINTER);
  }

  private static Pointer mechanism(World w) {
    return w.mechanism(Ck.M_AES_GCM);
  }

  /** CK_GCM_MESSAGE_PARAMS: an IV of ours and room for a tag; one for all of a row. */
  private static Pointer gcm(World w) {
    return w.once(
        "gcm",
        () -> {
          Pointer parameter = w.memory(GCM_BYTES);
          parameter.putLong(0, w.memory(12).address());
          parameter.putLong(8, 12);
          parameter.putLong(32, w.memory(16).address());
          parameter.putLong(40, 128);
          return parameter;
        });
  }

  static void encrypting(World w) {
    w.ok(NewerFn.C_MessageEncryptInit, w.session(), mechanism(w), w.aes());
  }

  static void decrypting(World w) {
    encrypted(w);
    w.ok(NewerFn.C_MessageDecryptInit, w.session(), mechanism(w), w.aes());
  }

  private static void begun(World w, boolean encrypting) {
    if (encrypting) {
      encrypting(w);
    } else {
      decrypting(w);
    }
    w.ok(
        encrypting ? NewerFn.C_EncryptMessageBegin : NewerFn.C_DecryptMessageBegin,
        w.session(),
        gcm(w),
        GCM_BYTES,
        World.KEY,
        16);
  }

  /** A block, encrypted with the row's parameter, which then holds its tag. */
  private static Pointer encrypted(World w) {
    return w.once(
        "message",
        () -> {
          Pointer out = w.memory(16);
          encrypting(w);
          w.ok(
              NewerFn.C_EncryptMessage,
              w.session(),
              gcm(w),
              GCM_BYTES,
              World.KEY,
              16,
              World.BLOCK,
              16,
              out,
              w.ulong(16));
          w.ok(NewerFn.C_MessageEncryptFinal, w.session());
          return out;
        });
  }
}
