package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.CryptokiException;
import java.math.BigInteger;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.DefaultBufferedBlockCipher;
import org.bouncycastle.crypto.modes.SICBlockCipher;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** AES, a mode a constant (PKCS#11 3.1, 6.10 to 6.13). */
public enum AesMode {
  ECB,
  CBC,
  CBC_PAD,
  CFB128,
  OFB,
  CTR,
  GCM;

  static final int BLOCK = 16;
  private static final int MOST_TAG_BITS = 128;

  /** Begins. The operation closes the key. */
  CipherOperation start(boolean encrypting, AesKey key, Parameter parameter) {
    return switch (this) {
      case ECB -> key.start(this, encrypting, new byte[0]);
      case CBC, CBC_PAD, CFB128, OFB -> key.start(this, encrypting, initial(parameter));
      case CTR -> counting(encrypting, key, parameter);
      case GCM -> new GcmCipher(encrypting, key, gcm(parameter));
    };
  }

  private CipherOperation counting(boolean encrypting, AesKey key, Parameter parameter) {
    BufferedBlockCipher cipher =
        new DefaultBufferedBlockCipher(SICBlockCipher.newInstance(key.counters()));
    cipher.init(encrypting, new ParametersWithIV(key.parameter(), initial(parameter)));
    return new AesCipher(encrypting, cipher, limit(parameter), key);
  }

  private byte[] initial(Parameter parameter) {
    byte[] block =
        switch (parameter) {
          case Parameter.Bytes(byte[] iv) when this != CTR -> iv;
          case Parameter.Counter(long bits, byte[] counter)
              when this == CTR && bits >= 1 && bits <= 8 * BLOCK ->
              counter;
          default -> new byte[0];
        };
    if (block.length != BLOCK) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID,
          "AES in mode %s wants 16 bytes to begin with".formatted(this));
    }
    return block;
  }

  /** Blocks before a counter of so many bits would begin anew. */
  private static BigInteger limit(Parameter parameter) {
    if (parameter instanceof Parameter.Counter(long bits, byte[] block)) {
      BigInteger all = BigInteger.ONE.shiftLeft((int) bits);
      return all.subtract(new BigInteger(1, block).mod(all));
    }
    return BigInteger.ONE.shiftLeft(Long.SIZE);
  }

  private static Parameter.Gcm gcm(Parameter parameter) {
    if (!(parameter instanceof Parameter.Gcm gcm)
        || gcm.iv().length == 0
        || gcm.tagBits() % 8 != 0
        || gcm.tagBits() < 32
        || gcm.tagBits() > MOST_TAG_BITS) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, "GCM wants an IV and a tag of 32 to 128 bits");
    }
    return gcm;
  }
}
