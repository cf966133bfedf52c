package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_DATA_LEN_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.DataLengthException;
import org.bouncycastle.crypto.InvalidCipherTextException;

/** AES in a mode without a tag. */
final class AesCipher implements CipherOperation {
  private final boolean encrypting;
  private final BufferedBlockCipher cipher;
  private final BigInteger mostBlocks;
  private final Runnable ending;
  private long taken;

  /** In a mode without a counter, by a key in software. */
  AesCipher(boolean encrypting, BufferedBlockCipher cipher) {
    this.encrypting = encrypting;
    this.cipher = cipher;
    this.mostBlocks = BigInteger.ONE.shiftLeft(Long.SIZE);
    this.ending = () -> {};
  }

  /** With a counter that is good for so many blocks. */
  AesCipher(boolean encrypting, BufferedBlockCipher cipher, BigInteger mostBlocks, AesKey key) {
    this.encrypting = encrypting;
    this.cipher = cipher;
    this.mostBlocks = mostBlocks;
    this.ending = key::close;
  }

  @Override
  public int updateLength(int part) {
    return cipher.getUpdateOutputSize(part);
  }

  @Override
  public int finalLength(int part) {
    return cipher.getOutputSize(part);
  }

  @Override
  public byte[] update(byte[] part) {
    taken += part.length;
    if (BigInteger.valueOf((taken + AesMode.BLOCK - 1) / AesMode.BLOCK).compareTo(mostBlocks) > 0) {
      throw new CryptokiException(wrongLength(), "the counter would begin anew");
    }
    byte[] out = new byte[updateLength(part.length)];
    int length = cipher.processBytes(part, 0, part.length, out, 0);
    return exactly(out, length);
  }

  @Override
  public byte[] finish() {
    byte[] out = new byte[finalLength(0) + AesMode.BLOCK];
    try {
      return exactly(out, cipher.doFinal(out, 0));
    } catch (DataLengthException e) {
      throw new CryptokiException(wrongLength(), "not a whole number of blocks", e);
    } catch (InvalidCipherTextException e) {
      throw new CryptokiException(CKR_ENCRYPTED_DATA_INVALID, "the padding is wrong", e);
    }
  }

  @Override
  public void close() {
    ending.run();
  }

  private dev.tpm2token.token.ReturnValue wrongLength() {
    return encrypting ? CKR_DATA_LEN_RANGE : CKR_ENCRYPTED_DATA_LEN_RANGE;
  }

  static byte[] exactly(byte[] out, int length) {
    if (length == out.length) {
      return out;
    }
    byte[] result = Arrays.copyOf(out, length);
    Arrays.fill(out, (byte) 0);
    return result;
  }
}
