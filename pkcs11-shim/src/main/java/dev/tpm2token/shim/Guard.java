package dev.tpm2token.shim;

import static dev.tpm2token.token.ReturnValue.CKR_ARGUMENTS_BAD;
import static dev.tpm2token.token.ReturnValue.CKR_CRYPTOKI_NOT_INITIALIZED;
import static dev.tpm2token.token.ReturnValue.CKR_GENERAL_ERROR;
import static dev.tpm2token.token.ReturnValue.CKR_NO_EVENT;
import static dev.tpm2token.token.ReturnValue.CKR_OK;

import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.Log;
import dev.tpm2token.token.ReturnValue;
import dev.tpm2token.token.ReturnValues;
import dev.tpm2token.token.Session;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What every entry point passes through: the module is there, the session is there, and whatever is
 * thrown becomes a return value, because an exception that leaves an entry point kills the host.
 */
final class Guard {
  /** The one static state of ours: what C_Initialize started in this isolate. */
  private static volatile @Nullable Cryptoki module;

  private Guard() {}

  static void started(@Nullable Cryptoki started) {
    module = started;
  }

  static @Nullable Cryptoki module() {
    return module;
  }

  /** Runs a function of the module. */
  static long module(String function, Consumer<Cryptoki> body) {
    Cryptoki cryptoki = module;
    if (cryptoki == null) {
      return CKR_CRYPTOKI_NOT_INITIALIZED.code();
    }
    return run(function, cryptoki.log(), () -> body.accept(cryptoki)).code();
  }

  /**
   * Runs a function of a session, one at a time: what the function has told the host of its
   * operation, such as a length, holds until it ends.
   */
  static long session(String function, long handle, Consumer<Session> body) {
    return module(
        function,
        cryptoki -> {
          Session session = cryptoki.session(handle);
          synchronized (session) {
            body.accept(session);
          }
        });
  }

  /** Runs a function of a module with a secret that is zeroed afterwards. */
  static long withPin(String function, long pin, long length, BiConsumer<Cryptoki, byte[]> body) {
    return module(
        function,
        cryptoki -> {
          byte[] bytes = pin(pin, length);
          try {
            body.accept(cryptoki, bytes);
          } finally {
            Arrays.fill(bytes, (byte) 0);
          }
        });
  }

  /** A PIN: a length without an address is refused, and so is one that no PIN has. */
  static byte[] pin(long address, long length) {
    if (Long.compareUnsigned(length, 4096) > 0) {
      throw new CryptokiException(CKR_ARGUMENTS_BAD, "no PIN is that long");
    }
    return NativeMemory.read(address, length);
  }

  /** Runs the work and says what came of it. */
  static ReturnValue run(String function, Log log, Runnable work) {
    try {
      work.run();
      log.log(Log.Level.DEBUG, () -> function);
      return CKR_OK;
    } catch (Throwable e) { // whatever it is, the host lives on
      ReturnValue returnValue = ReturnValues.of(e);
      if (returnValue == CKR_NO_EVENT) {
        return returnValue; // who waits for one is told ten times a second, and the log need not be
      }
      try {
        log.log(level(returnValue), () -> "%s: %s: %s".formatted(function, returnValue, words(e)));
      } catch (Throwable again) {
        return returnValue; // no memory or stack is left even for saying so
      }
      return returnValue;
    }
  }

  /** What clients do is for those who look for it; what is wrong here is for all. */
  private static Log.Level level(ReturnValue returnValue) {
    return switch (returnValue) {
      case CKR_GENERAL_ERROR, CKR_HOST_MEMORY -> Log.Level.ERROR;
      case CKR_DEVICE_ERROR, CKR_DEVICE_MEMORY -> Log.Level.WARNING;
      default -> Log.Level.INFO;
    };
  }

  private static String words(Throwable e) {
    return ReturnValues.of(e) == CKR_GENERAL_ERROR ? trace(e) : String.valueOf(e.getMessage());
  }

  private static String trace(Throwable e) {
    StringBuilder text = new StringBuilder(e.toString());
    Arrays.stream(e.getStackTrace())
        .limit(12)
        .forEach(frame -> text.append("\n  at ").append(frame));
    return text.toString();
  }
}
