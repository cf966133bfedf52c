package dev.tpm2token.cli;

import dev.tpm2token.config.ConfigurationException;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.store.StoreException;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.util.Locale;
import java.util.Optional;

/** What a failure is to whoever typed the command: words, and an exit status. */
final class Failures {
  private Failures() {}

  /** What a person reads of a failure: our own words where we have some. */
  static String words(Exception failure) {
    return switch (failure) {
      case CommandException e -> String.valueOf(e.getMessage());
      case ConfigurationException e -> String.valueOf(e.getMessage());
      case TpmResponseException e -> words(e);
      case TpmException e -> e.getMessage();
      case StoreException e -> String.valueOf(e.getMessage());
      case CryptokiException e -> words(e);
      default -> failure.toString();
    };
  }

  /** What a person can do about a response code; the code itself stands at the end. */
  private static String words(TpmResponseException failure) {
    return advice(failure)
        .map(words -> "%s (%s)".formatted(words, failure.getMessage()))
        .orElse(failure.getMessage());
  }

  private static Optional<String> advice(TpmResponseException failure) {
    if (isPassword(failure)) {
      return failure.handle().map(Failures::wanted);
    }
    if (failure.is(TpmRc.LOCKOUT)) {
      return Optional.of(
          "the TPM is locked after too many wrong PINs: tpm2-token lockout show says for how long");
    }
    if (failure.is(TpmRc.NV_SPACE)) {
      return Optional.of(
          "the TPM has no room for another key: tpm2-token primary list says what it keeps");
    }
    return Optional.empty();
  }

  /** Whose password was wrong or missing, and where it is said. */
  private static String wanted(TpmHandle handle) {
    String whose = "the TPM refuses the password of the %s, or wants one: ";
    if (handle.equals(TpmHandle.OWNER)) {
      return whose.formatted("owner")
          + "name its file in the configuration (owner_auth_file), or make the storage key by"
          + " tpm2-token provision --owner-auth-file FILE";
    }
    if (handle.equals(TpmHandle.ENDORSEMENT)) {
      return whose.formatted("endorsement hierarchy") + "give --endorsement-auth-file FILE";
    }
    if (handle.isPersistent()) {
      return whose.formatted("storage key " + handle)
          + "name its file in the configuration (parent_auth_file)";
    }
    return whose.formatted(handle.equals(TpmHandle.LOCKOUT) ? "lockout" : "hierarchy " + handle)
        + "give --auth-file FILE";
  }

  private static boolean isPassword(TpmResponseException failure) {
    return (failure.is(TpmRc.BAD_AUTH) || failure.is(TpmRc.AUTH_FAIL))
        && failure.handle().filter(each -> each.isPermanent() || each.isPersistent()).isPresent();
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
      case TpmResponseException e when isPassword(e) || e.is(TpmRc.LOCKOUT) -> ExitStatus.PIN;
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
