package dev.tpm2token.cli;

import dev.tpm2token.config.ConfigurationException;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.store.StoreException;
import dev.tpm2token.tpm.TpmException;
import java.util.Locale;

/** What a failure is to whoever typed the command: words, and an exit status. */
final class Failures {
  private Failures() {}

  /** What a person reads of a failure: our own words where we have some. */
  static String words(Exception failure) {
    return switch (failure) {
      case CommandException e -> String.valueOf(e.getMessage());
      case ConfigurationException e -> String.valueOf(e.getMessage());
      case TpmException e -> e.getMessage();
      case StoreException e -> String.valueOf(e.getMessage());
      case CryptokiException e -> words(e);
      default -> failure.toString();
    };
  }

  /** A return value in words, where it has none of its own. */
  private static String words(CryptokiException failure) {
    String name = failure.returnValue().name();
    return String.valueOf(failure.getMessage()).equals(name)
        ? name.substring("CKR_".length()).replace('_', ' ').toLowerCase(Locale.ROOT)
        : String.valueOf(failure.getMessage());
  }

  /** How the command ends. */
  static ExitStatus status(Exception failure) {
    return switch (failure) {
      case CommandException e -> e.status();
      case TpmException e -> ExitStatus.TPM;
      case CryptokiException e ->
          switch (e.returnValue()) {
            case CKR_PIN_INCORRECT,
                CKR_PIN_LOCKED,
                CKR_PIN_LEN_RANGE,
                CKR_PIN_INVALID,
                CKR_USER_PIN_NOT_INITIALIZED ->
                ExitStatus.PIN;
            case CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED, CKR_DEVICE_MEMORY -> ExitStatus.TPM;
            default -> ExitStatus.FAILED;
          };
      default -> ExitStatus.FAILED;
    };
  }
}
