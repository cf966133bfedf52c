package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;

/**
 * AES-GCM (PKCS#11 3.1, 6.13.2), the tag after the text. What is decrypted is given out at the end,
 * once the tag has been found right, and not before.
 */
final class GcmCipher implements CipherOperation {
  private final boolean encrypting;
  private final int tagBytes;
  private final AesKey key;
  private final GCMModeCipher cipher;
  private final ByteArrayOutputStream encrypted = new ByteArrayOutputStream();

  GcmCipher(boolean encrypting, AesKey key, Parameter.Gcm parameter) {
    this.encrypting = encrypting;
    this.key = key;
    this.cipher = GCMBlockCipher.newInstance(key.counters());
    this.tagBytes = (int) parameter.tagBits() / 8;
    cipher.init(
        encrypting,
        new AEADParameters(key.parameter(), 8 * tagBytes, parameter.iv(), parameter.aad()));
  }

  @Override
  public int updateLength(int part) {
    return encrypting ? cipher.getUpdateOutputSize(part) : 0;
  }

  @Override
  public int finalLength(int part) {
    return encrypting
        ? cipher.getOutputSize(part)
        : Math.max(0, encrypted.size() + part - tagBytes);
  }

  @Override
  public byte[] update(byte[] part) {
    if (!encrypting) {
      encrypted.writeBytes(part);
      return new byte[0];
    }
    byte[] out = new byte[updateLength(part.length)];
    return AesCipher.exactly(out, cipher.processBytes(part, 0, part.length, out, 0));
  }

  @Override
  public byte[] finish() {
    byte[] in = encrypted.toByteArray();
    if (!encrypting && in.length < tagBytes) {
      throw new CryptokiException(CKR_ENCRYPTED_DATA_LEN_RANGE, "shorter than its tag");
    }
    byte[] out = new byte[cipher.getOutputSize(in.length)];
    int length = cipher.processBytes(in, 0, in.length, out, 0);
    try {
      return AesCipher.exactly(out, length + cipher.doFinal(out, length));
    } catch (InvalidCipherTextException e) {
      Arrays.fill(out, (byte) 0);
      throw new CryptokiException(CKR_ENCRYPTED_DATA_INVALID, "the tag is wrong", e);
    }
  }

  @Override
  public void close() {
    key.close();
  }
}
