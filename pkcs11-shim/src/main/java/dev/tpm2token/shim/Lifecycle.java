package dev.tpm2token.shim;

import static dev.tpm2token.token.ReturnValue.CKR_CRYPTOKI_NOT_INITIALIZED;
import static dev.tpm2token.token.ReturnValue.CKR_FUNCTION_FAILED;
import static dev.tpm2token.token.ReturnValue.CKR_OK;

import dev.tpm2token.cli.Setup;
import dev.tpm2token.config.Configuration;
import dev.tpm2token.config.ConfigurationException;
import dev.tpm2token.config.Environment;
import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.Log;
import dev.tpm2token.token.ReturnValue;
import dev.tpm2token.token.ReturnValues;
import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/**
 * C_Initialize and C_Finalize, as far as they are Java's: the C side has made this isolate for the
 * one, and takes it down after the other. Neither asks the TPM anything.
 */
final class Lifecycle {
  private static final long CKF_LIBRARY_CANT_CREATE_OS_THREADS = 0x1;

  /** CK_C_INITIALIZE_ARGS: four callbacks, then the flags. */
  private static final int FLAGS = 4 * Long.BYTES;

  private Lifecycle() {}

  @CEntryPoint(name = "tpm2_token_initialize")
  static long initialize(IsolateThread thread, long arguments, int secure) {
    try {
      long flags = arguments == 0 ? 0 : NativeMemory.readUlong(arguments + FLAGS);
      Configuration configuration = Configuration.load(Environment.ofProcess(secure != 0));
      boolean threads = (flags & CKF_LIBRARY_CANT_CREATE_OS_THREADS) == 0;
      Guard.started(new Cryptoki(Setup.settings(configuration, threads)));
      return CKR_OK.code();
    } catch (ConfigurationException | IllegalArgumentException e) {
      return CKR_FUNCTION_FAILED.code(); // `tpm2-token doctor` says what is wrong
    } catch (Throwable e) {
      return ReturnValues.of(e).code();
    }
  }

  @CEntryPoint(name = "tpm2_token_finalize")
  static long finish(IsolateThread thread) {
    Cryptoki cryptoki = Guard.module();
    Guard.started(null);
    if (cryptoki == null) {
      return CKR_CRYPTOKI_NOT_INITIALIZED.code();
    }
    ReturnValue result = Guard.run("C_Finalize", Log.NONE, cryptoki::close);
    return result.code();
  }
}
