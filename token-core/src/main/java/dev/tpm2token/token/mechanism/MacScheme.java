package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.CryptokiException;
import java.util.function.Supplier;
import org.bouncycastle.crypto.Mac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * A family of authentication codes: HMAC (PKCS#11 3.1, 6.21) and AES-CMAC (6.14), whole or, in the
 * GENERAL forms, cut to the length that the parameter says.
 */
record MacScheme(Supplier<Mac> mac) {
  /** Begins. The key stays the caller's to zero. */
  MacOperation start(byte[] key, Parameter parameter) {
    Mac started = mac.get();
    started.init(new KeyParameter(key));
    long length = parameter instanceof Parameter.Length(long bytes) ? bytes : started.getMacSize();
    if (length < 1 || length > started.getMacSize()) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID,
          "a MAC of that kind has 1 to %d bytes".formatted(started.getMacSize()));
    }
    return new MacOperation(started, (int) length);
  }
}
