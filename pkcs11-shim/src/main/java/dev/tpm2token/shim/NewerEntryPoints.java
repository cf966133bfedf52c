package dev.tpm2token.shim;

import static dev.tpm2token.token.ReturnValue.CKR_ARGUMENTS_BAD;
import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_NOT_INITIALIZED;
import static dev.tpm2token.token.ReturnValue.CKR_SAVED_STATE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_USER_TYPE_INVALID;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.ReturnValue;
import dev.tpm2token.token.UserType;
import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/** What Cryptoki 3.0 and 3.2 have added, as far as it is here. As in {@link EntryPoints}. */
final class NewerEntryPoints {
  /** CKS_LAST_VALIDATION_OK. */
  private static final long LAST_VALIDATION_OK = 1;

  private NewerEntryPoints() {}

  /** A token has one user and one security officer, neither of whom has a name. */
  @CEntryPoint(name = "tpm2_token_C_LoginUser")
  static long loginUser(
      IsolateThread thread,
      long session,
      long user,
      long pin,
      long pinLength,
      long username,
      long usernameLength) {
    return Guard.withPin(
        "C_LoginUser",
        pin,
        pinLength,
        (cryptoki, bytes) -> {
          if (usernameLength != 0) {
            throw new CryptokiException(CKR_ARGUMENTS_BAD, "users have no names here");
          }
          cryptoki.login(
              session,
              UserType.of(user).orElseThrow(() -> new CryptokiException(CKR_USER_TYPE_INVALID)),
              bytes);
        });
  }

  @CEntryPoint(name = "tpm2_token_C_SessionCancel")
  static long sessionCancel(IsolateThread thread, long session, long flags) {
    return Guard.session("C_SessionCancel", session, s -> s.cancel(flags));
  }

  /** Nothing here has been validated by anybody. */
  @CEntryPoint(name = "tpm2_token_C_GetSessionValidationFlags")
  static long getSessionValidationFlags(IsolateThread thread, long session, long type, long flags) {
    return Guard.session(
        "C_GetSessionValidationFlags",
        session,
        s -> {
          if (type != LAST_VALIDATION_OK) {
            throw new CryptokiException(CKR_ARGUMENTS_BAD, "no such type of validation flags");
          }
          NativeMemory.writeUlong(flags, 0);
        });
  }

  // Asynchronous operations (3.2, section 5.22): each is done when its function returns, so that
  // there is none to wait for, to name or to join

  @CEntryPoint(name = "tpm2_token_C_AsyncComplete")
  static long asyncComplete(IsolateThread thread, long session, long function, long result) {
    return noneUnderWay("C_AsyncComplete", session, function, CKR_OPERATION_NOT_INITIALIZED);
  }

  @CEntryPoint(name = "tpm2_token_C_AsyncGetID")
  static long asyncGetId(IsolateThread thread, long session, long function, long id) {
    return id == 0
        ? noneUnderWay("C_AsyncGetID", session, function, CKR_ARGUMENTS_BAD)
        : noneUnderWay("C_AsyncGetID", session, function, CKR_OPERATION_NOT_INITIALIZED);
  }

  /** Nobody was given such an id. */
  @CEntryPoint(name = "tpm2_token_C_AsyncJoin")
  static long asyncJoin(
      IsolateThread thread, long session, long function, long id, long data, long length) {
    return noneUnderWay("C_AsyncJoin", session, function, CKR_SAVED_STATE_INVALID);
  }

  private static long noneUnderWay(String name, long session, long function, ReturnValue answer) {
    return Guard.session(
        name,
        session,
        s -> {
          NativeMemory.required(function);
          throw new CryptokiException(answer, "no operation goes on by itself");
        });
  }
}
