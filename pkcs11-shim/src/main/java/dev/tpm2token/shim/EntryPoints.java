package dev.tpm2token.shim;

import static dev.tpm2token.token.ReturnValue.CKR_ARGUMENTS_BAD;
import static dev.tpm2token.token.ReturnValue.CKR_NO_EVENT;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_ASYNC_NOT_SUPPORTED;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_PARALLEL_NOT_SUPPORTED;
import static dev.tpm2token.token.ReturnValue.CKR_USER_TYPE_INVALID;

import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.Session;
import dev.tpm2token.token.SessionInfo;
import dev.tpm2token.token.SlotInfo;
import dev.tpm2token.token.TokenInfo;
import dev.tpm2token.token.UserType;
import dev.tpm2token.token.Version;
import dev.tpm2token.token.mechanism.Mechanism;
import java.util.Arrays;
import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/**
 * The module, slots, tokens, sessions and random numbers: PKCS#11 3.1, sections 5.4 to 5.6 and
 * 5.20; the other classes of entry points have the other chapters. The C side has found out that
 * the module is initialised and has attached the thread; all numbers are CK_ULONGs or addresses.
 */
final class EntryPoints {
  private static final long CKF_RW_SESSION = 0x2;
  private static final long CKF_SERIAL_SESSION = 0x4;
  private static final long CKF_ASYNC_SESSION = 0x8;
  private static final long CKF_TOKEN_PRESENT = 0x1;
  private static final long CKF_HW_SLOT = 0x4;
  private static final long MOST_RANDOM = 1 << 24;
  private static final long UNKNOWN = -1;
  private static final int LABEL_BYTES = 32;

  private EntryPoints() {}

  // General purpose, PKCS#11 3.1, section 5.4

  @CEntryPoint(name = "tpm2_token_C_GetInfo")
  static long getInfo(IsolateThread thread, long info) {
    return Guard.module(
        "C_GetInfo",
        cryptoki ->
            new Struct(info)
                .version(2, 40)
                .text(Cryptoki.MANUFACTURER, 32)
                .ulong(0)
                .text("Keys behind a TPM 2.0", 32)
                .version(Version.MAJOR, Version.MINOR));
  }

  // Slots and tokens, section 5.5

  @CEntryPoint(name = "tpm2_token_C_GetSlotList")
  static long getSlotList(IsolateThread thread, byte tokenPresent, long list, long count) {
    return Guard.module(
        "C_GetSlotList",
        cryptoki -> {
          NativeMemory.required(count);
          new Output(list, count)
              .writeUlongs(cryptoki.slots().stream().mapToLong(Long::longValue).toArray());
        });
  }

  @CEntryPoint(name = "tpm2_token_C_GetSlotInfo")
  static long getSlotInfo(IsolateThread thread, long slot, long info) {
    return Guard.module(
        "C_GetSlotInfo",
        cryptoki -> {
          SlotInfo found = cryptoki.slotInfo(slot);
          new Struct(info)
              .text(found.description(), 64)
              .text(found.manufacturer(), 32)
              .ulong(CKF_TOKEN_PRESENT | CKF_HW_SLOT)
              .version(2, 0)
              .version(Version.MAJOR, Version.MINOR);
        });
  }

  @CEntryPoint(name = "tpm2_token_C_GetTokenInfo")
  static long getTokenInfo(IsolateThread thread, long slot, long info) {
    return Guard.module(
        "C_GetTokenInfo",
        cryptoki -> {
          TokenInfo token = cryptoki.tokenInfo(slot);
          new Struct(info)
              .text(token.label(), LABEL_BYTES)
              .text(token.manufacturer(), 32)
              .text(token.model(), 16)
              .text(token.serial(), 16)
              .ulong(token.flags())
              .ulong(0) // CK_EFFECTIVELY_INFINITE
              .ulong(token.sessions())
              .ulong(0)
              .ulong(token.writeSessions())
              .ulong(TokenInfo.MAX_PIN)
              .ulong(TokenInfo.MIN_PIN)
              .ulong(UNKNOWN)
              .ulong(UNKNOWN)
              .ulong(UNKNOWN)
              .ulong(UNKNOWN)
              .version(2, 0)
              .version(token.firmwareMajor(), token.firmwareMinor())
              .text("", 16);
        });
  }

  @CEntryPoint(name = "tpm2_token_C_GetMechanismList")
  static long getMechanismList(IsolateThread thread, long slot, long list, long count) {
    return Guard.module(
        "C_GetMechanismList",
        cryptoki -> {
          NativeMemory.required(count);
          new Output(list, count)
              .writeUlongs(cryptoki.mechanisms(slot).stream().mapToLong(Mechanism::type).toArray());
        });
  }

  @CEntryPoint(name = "tpm2_token_C_GetMechanismInfo")
  static long getMechanismInfo(IsolateThread thread, long slot, long type, long info) {
    return Guard.module(
        "C_GetMechanismInfo",
        cryptoki -> {
          Mechanism mechanism = cryptoki.mechanism(slot, type);
          int[] sizes = cryptoki.keySizes(mechanism);
          new Struct(info).ulong(sizes[0]).ulong(sizes[1]).ulong(mechanism.flags());
        });
  }

  @CEntryPoint(name = "tpm2_token_C_InitToken")
  static long initToken(IsolateThread thread, long slot, long pin, long pinLength, long label) {
    return Guard.withPin(
        "C_InitToken",
        pin,
        pinLength,
        (cryptoki, bytes) -> {
          byte[] padded = NativeMemory.read(NativeMemory.required(label), LABEL_BYTES);
          int end = LABEL_BYTES;
          while (end > 0 && (padded[end - 1] == ' ' || padded[end - 1] == 0)) {
            end--;
          }
          cryptoki.initToken(slot, bytes, Arrays.copyOf(padded, end));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_InitPIN")
  static long initPin(IsolateThread thread, long session, long pin, long pinLength) {
    return Guard.withPin(
        "C_InitPIN", pin, pinLength, (cryptoki, bytes) -> cryptoki.session(session).initPin(bytes));
  }

  @CEntryPoint(name = "tpm2_token_C_SetPIN")
  static long setPin(
      IsolateThread thread,
      long session,
      long oldPin,
      long oldLength,
      long newPin,
      long newLength) {
    return Guard.withPin(
        "C_SetPIN",
        oldPin,
        oldLength,
        (cryptoki, old) -> {
          byte[] changed = Guard.pin(newPin, newLength);
          try {
            cryptoki.session(session).setPin(old, changed);
          } finally {
            Arrays.fill(changed, (byte) 0);
          }
        });
  }

  // Sessions, section 5.6

  @CEntryPoint(name = "tpm2_token_C_OpenSession")
  static long openSession(
      IsolateThread thread, long slot, long flags, long application, long notify, long session) {
    return Guard.module(
        "C_OpenSession",
        cryptoki -> {
          NativeMemory.required(session);
          if ((flags & CKF_SERIAL_SESSION) == 0) {
            throw new CryptokiException(CKR_SESSION_PARALLEL_NOT_SUPPORTED);
          }
          if ((flags & CKF_ASYNC_SESSION) != 0) {
            throw new CryptokiException(CKR_SESSION_ASYNC_NOT_SUPPORTED);
          }
          NativeMemory.writeUlong(
              session, cryptoki.openSession(slot, (flags & CKF_RW_SESSION) != 0));
        });
  }

  @CEntryPoint(name = "tpm2_token_C_CloseSession")
  static long closeSession(IsolateThread thread, long session) {
    return Guard.module("C_CloseSession", cryptoki -> cryptoki.closeSession(session));
  }

  @CEntryPoint(name = "tpm2_token_C_CloseAllSessions")
  static long closeAllSessions(IsolateThread thread, long slot) {
    return Guard.module("C_CloseAllSessions", cryptoki -> cryptoki.closeAllSessions(slot));
  }

  @CEntryPoint(name = "tpm2_token_C_GetSessionInfo")
  static long getSessionInfo(IsolateThread thread, long session, long info) {
    return Guard.session(
        "C_GetSessionInfo",
        session,
        s -> {
          SessionInfo found = s.info();
          new Struct(info)
              .ulong(found.slot())
              .ulong(found.state().code())
              .ulong(CKF_SERIAL_SESSION | (found.readWrite() ? CKF_RW_SESSION : 0))
              .ulong(0);
        });
  }

  @CEntryPoint(name = "tpm2_token_C_GetOperationState")
  static long getOperationState(IsolateThread thread, long session, long state, long stateLength) {
    return Guard.session(
        "C_GetOperationState",
        session,
        s -> {
          byte[] saved = s.operationState();
          new Output(state, stateLength).write(saved.length, () -> saved);
        });
  }

  @CEntryPoint(name = "tpm2_token_C_SetOperationState")
  static long setOperationState(
      IsolateThread thread,
      long session,
      long state,
      long length,
      long encryptionKey,
      long authenticationKey) {
    return Guard.session(
        "C_SetOperationState",
        session,
        s ->
            s.setOperationState(
                NativeMemory.read(state, length), encryptionKey, authenticationKey));
  }

  @CEntryPoint(name = "tpm2_token_C_Login")
  static long login(IsolateThread thread, long session, long user, long pin, long pinLength) {
    return Guard.withPin(
        "C_Login",
        pin,
        pinLength,
        (cryptoki, bytes) ->
            cryptoki.login(
                session,
                UserType.of(user).orElseThrow(() -> new CryptokiException(CKR_USER_TYPE_INVALID)),
                bytes));
  }

  @CEntryPoint(name = "tpm2_token_C_Logout")
  static long logout(IsolateThread thread, long session) {
    return Guard.session("C_Logout", session, Session::logout);
  }

  // Random numbers, section 5.20

  @CEntryPoint(name = "tpm2_token_C_SeedRandom")
  static long seedRandom(IsolateThread thread, long session, long seed, long length) {
    return Guard.session(
        "C_SeedRandom", session, s -> s.seedRandom(NativeMemory.read(seed, length)));
  }

  @CEntryPoint(name = "tpm2_token_C_GenerateRandom")
  static long generateRandom(IsolateThread thread, long session, long random, long length) {
    return Guard.session(
        "C_GenerateRandom",
        session,
        s -> {
          if (length < 0 || length > MOST_RANDOM) {
            throw new CryptokiException(CKR_ARGUMENTS_BAD, "at most 16 MiB at a time");
          }
          if (length > 0) {
            NativeMemory.required(random);
            NativeMemory.write(random, s.generateRandom((int) length));
          }
        });
  }

  // Slot events, section 5.5.4: the C side asks again and again where it waits

  @CEntryPoint(name = "tpm2_token_poll_slot_event")
  static long pollSlotEvent(IsolateThread thread, long slot) {
    return Guard.module(
        "C_WaitForSlotEvent",
        cryptoki ->
            NativeMemory.writeUlong(
                slot, cryptoki.slotEvent().orElseThrow(() -> new CryptokiException(CKR_NO_EVENT))));
  }
}
