package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.CryptokiException;
import java.math.BigInteger;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.DefaultBufferedBlockCipher;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CFBBlockCipher;
import org.bouncycastle.crypto.modes.OFBBlockCipher;
import org.bouncycastle.crypto.modes.SICBlockCipher;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** AES, a mode a constant (PKCS#11 3.1, 6.10 to 6.13): in software, as the keys are. */
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

  /** Begins. The key stays the caller's to zero. */
  public CipherOperation start(boolean encrypting, byte[] key, Parameter parameter) {
    return switch (this) {
      case ECB, CBC, CBC_PAD, CFB128, OFB, CTR ->
          new AesCipher(encrypting, cipher(encrypting, key, parameter), limit(parameter));
      case GCM -> new GcmCipher(encrypting, key, gcm(parameter));
    };
  }

  private BufferedBlockCipher cipher(boolean encrypting, byte[] key, Parameter parameter) {
    BlockCipher aes = AESEngine.newInstance();
    BufferedBlockCipher cipher =
        switch (this) {
          case ECB, GCM -> new DefaultBufferedBlockCipher(aes);
          case CBC -> new DefaultBufferedBlockCipher(CBCBlockCipher.newInstance(aes));
          case CBC_PAD -> new PaddedBufferedBlockCipher(CBCBlockCipher.newInstance(aes));
          case CFB128 -> new DefaultBufferedBlockCipher(CFBBlockCipher.newInstance(aes, 8 * BLOCK));
          case OFB -> new DefaultBufferedBlockCipher(new OFBBlockCipher(aes, 8 * BLOCK));
          case CTR -> new DefaultBufferedBlockCipher(SICBlockCipher.newInstance(aes));
        };
    KeyParameter secret = new KeyParameter(key);
    cipher.init(
        encrypting, this == ECB ? secret : new ParametersWithIV(secret, initial(parameter)));
    return cipher;
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
