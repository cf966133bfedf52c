package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_DATA_LEN_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.ReturnValue;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TokenDevice;
import java.math.BigInteger;
import java.util.Arrays;

/** RSA takes one block; it may come in parts, and the result comes at the end. */
abstract class RsaCipher implements CipherOperation {
  private final ReturnValue tooLong;
  private final byte[] kept;
  private int length;

  private RsaCipher(int longest, ReturnValue tooLong) {
    this.kept = new byte[Math.max(0, longest)];
    this.tooLong = tooLong;
  }

  /** Encryption with a public key: in software, without login. */
  static RsaCipher encrypting(TokenDevice device, PublicKey key, RsaPadding padding) {
    return new RsaCipher(padding.longest(key), CKR_DATA_LEN_RANGE) {
      @Override
      int resultLength() {
        return key.signatureLength();
      }

      @Override
      byte[] work(byte[] text) {
        if (padding.longest(key) < 0) {
          throw new CryptokiException(CKR_DATA_LEN_RANGE, "the key is too short for that padding");
        }
        return ((PublicKey.Rsa) key).apply(padding.pad(device, key, text));
      }
    };
  }

  /** Decryption with a private key: one TPM command, and the padding taken off here. */
  static RsaCipher decrypting(TokenDevice device, KeyInUse key, RsaPadding padding) {
    PublicKey.Rsa publicKey = (PublicKey.Rsa) key.publicKey();
    return new RsaCipher(publicKey.signatureLength(), CKR_ENCRYPTED_DATA_LEN_RANGE) {
      @Override
      int resultLength() {
        return Math.max(0, padding.longest(publicKey));
      }

      @Override
      byte[] work(byte[] encrypted) {
        if (encrypted.length != publicKey.signatureLength()) {
          throw new CryptokiException(CKR_ENCRYPTED_DATA_LEN_RANGE);
        }
        if (new BigInteger(1, encrypted).compareTo(publicKey.modulus()) >= 0) {
          throw new CryptokiException(CKR_ENCRYPTED_DATA_INVALID);
        }
        byte[] block = device.keys().rawRsa(key, encrypted);
        return padding
            .unpad(block)
            .orElseThrow(() -> new CryptokiException(CKR_ENCRYPTED_DATA_INVALID));
      }

      @Override
      public void close() {
        super.close();
        key.close();
      }
    };
  }

  abstract int resultLength();

  abstract byte[] work(byte[] input);

  @Override
  public int updateLength(int part) {
    return 0;
  }

  @Override
  public int finalLength(int part) {
    return resultLength();
  }

  @Override
  public byte[] update(byte[] part) {
    if (part.length > kept.length - length) {
      throw new CryptokiException(
          tooLong, "more than the %d bytes that the key can take".formatted(kept.length));
    }
    System.arraycopy(part, 0, kept, length, part.length);
    length += part.length;
    return new byte[0];
  }

  @Override
  public byte[] finish() {
    byte[] input = Arrays.copyOf(kept, length);
    try {
      return work(input);
    } finally {
      Arrays.fill(input, (byte) 0);
    }
  }

  @Override
  public void close() {
    Arrays.fill(kept, (byte) 0);
  }
}
