package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_USER_NOT_LOGGED_IN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ALWAYS_AUTHENTICATE;

import dev.tpm2token.token.object.CryptokiObject;

/**
 * Whether an operation waits for a PIN of its own: its key has CKA_ALWAYS_AUTHENTICATE, and C_Login
 * with CKU_CONTEXT_SPECIFIC has not come yet (PKCS#11 3.1, 4.9 and 5.6.8).
 */
final class PinGate {
  private boolean closed;

  /** For an operation that begins with a key. */
  void begin(CryptokiObject key) {
    closed = key.attributes().isTrue(CKA_ALWAYS_AUTHENTICATE);
  }

  boolean isClosed() {
    return closed;
  }

  /** The PIN was given, or the operation is over. */
  void open() {
    closed = false;
  }

  /** Lets an operation pass that waits for no PIN. */
  void pass() {
    if (closed) {
      throw new CryptokiException(
          CKR_USER_NOT_LOGGED_IN, "the key wants a login with CKU_CONTEXT_SPECIFIC for each use");
    }
  }
}
