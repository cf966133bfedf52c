package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_ACTIVE;
import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_NOT_INITIALIZED;

import org.jspecify.annotations.Nullable;

/** The one operation of its kind that a session can have under way. */
final class UnderWay<T> {
  private @Nullable T operation;

  /** Where an operation begins, none may be under way. */
  void checkNone() {
    if (operation != null) {
      throw new CryptokiException(CKR_OPERATION_ACTIVE, "an operation of the kind is under way");
    }
  }

  /** Where it goes on, one must be. */
  T get() {
    if (operation == null) {
      throw new CryptokiException(CKR_OPERATION_NOT_INITIALIZED);
    }
    return operation;
  }

  @Nullable T orNull() {
    return operation;
  }

  boolean isActive() {
    return operation != null;
  }

  void begin(T begun) {
    operation = begun;
  }

  void end() {
    operation = null;
  }
}
