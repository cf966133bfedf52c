package dev.tpm2token.token;

import java.math.BigInteger;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-CMAC (SP 800-38B) of whole blocks, by the JDK's AES: the JDK itself has no CMAC. */
final class Cmac {
  private Cmac() {}

  static byte[] of(byte[] key, byte[] blocks) throws Exception {
    SecretKeySpec aes = new SecretKeySpec(key, "AES");
    Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
    ecb.init(Cipher.ENCRYPT_MODE, aes);
    BigInteger l = new BigInteger(1, ecb.doFinal(new byte[16]));
    BigInteger k1 = l.shiftLeft(1);
    if (k1.testBit(128)) {
      k1 = k1.clearBit(128).xor(BigInteger.valueOf(0x87));
    }
    byte[] data = blocks.clone();
    for (int i = 0; i < 16; i++) {
      data[data.length - 1 - i] ^= k1.shiftRight(8 * i).byteValue();
    }
    Cipher cbc = Cipher.getInstance("AES/CBC/NoPadding");
    cbc.init(Cipher.ENCRYPT_MODE, aes, new IvParameterSpec(new byte[16]));
    byte[] encrypted = cbc.doFinal(data);
    return Arrays.copyOfRange(encrypted, encrypted.length - 16, encrypted.length);
  }
}
