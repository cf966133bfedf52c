package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_KEY_FUNCTION_NOT_PERMITTED;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.device.TokenDevice;
import org.bouncycastle.crypto.Mac;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * A family of authentication codes, whole or, in the GENERAL forms, cut to the length that the
 * parameter says.
 */
sealed interface MacScheme {
  /** HMAC (PKCS#11 3.1, 6.21). */
  record Hmac(HashAlgorithm hash) implements MacScheme {
    @Override
    public MacOperation start(TokenDevice device, Operations.Key key, Parameter parameter) {
      return switch (key) {
        case Operations.Key.Symmetric(var secret) -> {
          HMac mac = new HMac(hash.start());
          mac.init(secret.use(KeyParameter::new));
          yield operation(mac, parameter, () -> {});
        }
        case Operations.Key.TpmSecret(var inUse) when device.has(hash) ->
            operation(new TpmHmac(device.secretKeys(), inUse, hash), parameter, inUse::close);
        case Operations.Key.TpmSecret _ ->
            throw new CryptokiException(
                CKR_KEY_FUNCTION_NOT_PERMITTED, "the key is in the TPM, which has no " + hash);
        default -> throw new IllegalArgumentException("not a secret key");
      };
    }
  }

  /** AES-CMAC (6.14). */
  record Cmac() implements MacScheme {
    @Override
    public MacOperation start(TokenDevice device, Operations.Key key, Parameter parameter) {
      AesKey aes = AesKey.of(device, key);
      return operation(aes.cmac(), parameter, aes::close);
    }
  }

  /** Begins; a key in the TPM is closed with the operation. */
  MacOperation start(TokenDevice device, Operations.Key key, Parameter parameter);

  private static MacOperation operation(Mac started, Parameter parameter, Runnable ending) {
    long length = parameter instanceof Parameter.Length(long bytes) ? bytes : started.getMacSize();
    if (length < 1 || length > started.getMacSize()) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID,
          "a MAC of that kind has 1 to %d bytes".formatted(started.getMacSize()));
    }
    return new MacOperation(started, (int) length, ending);
  }
}
