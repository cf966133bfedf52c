package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_ARGUMENTS_BAD;
import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_ACTIVE;
import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_NOT_INITIALIZED;

import org.jspecify.annotations.Nullable;

/** The one operation of its kind that a session can have under way. */
final class UnderWay<T> {
  private @Nullable T operation;
  private boolean inParts;

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
    inParts = false;
  }

  void end() {
    operation = null;
    inParts = false;
  }

  /** Where a part of the data comes. */
  T getForPart() {
    T current = get();
    inParts = true;
    return current;
  }

  /**
   * Where all the data come at once, no part may have come before (3.2, C_Sign and its like: "MUST
   * be called after C_SignInit without intervening C_SignUpdate calls"). The operation ends then,
   * as by any such call that fails.
   */
  void checkInOnePart(Runnable ending) {
    get();
    if (inParts) {
      ending.run();
      throw new CryptokiException(CKR_OPERATION_NOT_INITIALIZED, "what goes on is in parts");
    }
  }

  /** Where a C_…Init without a mechanism is to end what is under way, something must be. */
  void checkCanEnd() {
    if (operation == null) {
      throw new CryptokiException(CKR_ARGUMENTS_BAD, "no mechanism, and nothing that it could end");
    }
  }
}
