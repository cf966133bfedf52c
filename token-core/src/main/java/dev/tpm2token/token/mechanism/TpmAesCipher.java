package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_DATA_LEN_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_ENCRYPTED_DATA_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.device.TpmSecretKeys;
import dev.tpm2token.tpm.structure.TpmAlgId;
import java.util.Arrays;

/** AES in a mode that the TPM itself has: whole blocks go to it as they come. */
final class TpmAesCipher implements CipherOperation {
  private final TpmAes aes;
  private final AesMode mode;
  private final boolean encrypting;
  private byte[] iv;
  private byte[] pending = {};

  TpmAesCipher(TpmAes aes, AesMode mode, boolean encrypting, byte[] iv) {
    this.aes = aes;
    this.mode = mode;
    this.encrypting = encrypting;
    this.iv = iv.clone();
  }

  private static TpmAlgId algorithm(AesMode mode) {
    return switch (mode) {
      case ECB -> TpmAlgId.ECB;
      case CBC, CBC_PAD -> TpmAlgId.CBC;
      case CFB128 -> TpmAlgId.CFB;
      case OFB -> TpmAlgId.OFB;
      case CTR, GCM -> throw new IllegalArgumentException("built of counters");
    };
  }

  private boolean isPadded() {
    return mode == AesMode.CBC_PAD;
  }

  private boolean isStream() {
    return mode == AesMode.CFB128 || mode == AesMode.OFB;
  }

  /** What is decrypted and was padded is held back by a block, which may be the last. */
  @Override
  public int updateLength(int part) {
    int whole = (pending.length + part) / AesMode.BLOCK * AesMode.BLOCK;
    boolean hold = isPadded() && !encrypting && whole > 0 && whole == pending.length + part;
    return hold ? whole - AesMode.BLOCK : whole;
  }

  @Override
  public int finalLength(int part) {
    int all = pending.length + part;
    return isPadded() && encrypting ? (all / AesMode.BLOCK + 1) * AesMode.BLOCK : all;
  }

  @Override
  public byte[] update(byte[] part) {
    int now = updateLength(part.length);
    byte[] all = org.bouncycastle.util.Arrays.concatenate(pending, part);
    Arrays.fill(pending, (byte) 0);
    pending = Arrays.copyOfRange(all, now, all.length);
    byte[] out = crypt(Arrays.copyOf(all, now));
    Arrays.fill(all, (byte) 0);
    return out;
  }

  @Override
  public byte[] finish() {
    byte[] last = pending;
    pending = new byte[0];
    if (isPadded()) {
      return encrypting ? crypt(padded(last)) : withoutPadding(last);
    }
    if (!isStream() && last.length != 0) {
      throw new CryptokiException(
          encrypting ? CKR_DATA_LEN_RANGE : CKR_ENCRYPTED_DATA_LEN_RANGE,
          "not a whole number of blocks");
    }
    return crypt(last);
  }

  private static byte[] padded(byte[] last) {
    byte[] block = Arrays.copyOf(last, AesMode.BLOCK);
    Arrays.fill(block, last.length, AesMode.BLOCK, (byte) (AesMode.BLOCK - last.length));
    return block;
  }

  private byte[] withoutPadding(byte[] last) {
    if (last.length != AesMode.BLOCK) {
      throw new CryptokiException(CKR_ENCRYPTED_DATA_LEN_RANGE, "not a whole number of blocks");
    }
    byte[] block = crypt(last);
    int count = block[AesMode.BLOCK - 1];
    byte[] text = Arrays.copyOf(block, AesMode.BLOCK - Math.clamp(count, 0, AesMode.BLOCK));
    boolean right = count > 0 && count <= AesMode.BLOCK && Arrays.equals(padded(text), block);
    Arrays.fill(block, (byte) 0);
    if (!right) {
      Arrays.fill(text, (byte) 0);
      throw new CryptokiException(CKR_ENCRYPTED_DATA_INVALID, "the padding is wrong");
    }
    return text;
  }

  private byte[] crypt(byte[] data) {
    if (data.length == 0) {
      return data;
    }
    TpmSecretKeys.Ciphered result = aes.cipher(algorithm(mode), !encrypting, data, iv);
    Arrays.fill(data, (byte) 0);
    iv = result.iv();
    return result.data();
  }

  @Override
  public void close() {
    Arrays.fill(pending, (byte) 0);
    aes.close();
  }
}
