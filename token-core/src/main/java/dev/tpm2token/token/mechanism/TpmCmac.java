package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.device.TpmSecretKeys;
import dev.tpm2token.tpm.structure.TpmAlgId;
import java.util.Arrays;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.Mac;

/** AES-CMAC (RFC 4493) by the TPM's CBC, many blocks at a time. */
final class TpmCmac implements Mac {
  private static final int BLOCK = AesMode.BLOCK;

  /** x^128 + x^7 + x^2 + x + 1, without its first term. */
  private static final int POLYNOMIAL = 0x87;

  private final TpmAes aes;
  private byte[] state = new byte[BLOCK];
  private byte[] pending = {};

  TpmCmac(TpmAes aes) {
    this.aes = aes;
  }

  @Override
  public void init(CipherParameters none) {
    reset();
  }

  @Override
  public String getAlgorithmName() {
    return "AES-CMAC";
  }

  @Override
  public int getMacSize() {
    return BLOCK;
  }

  @Override
  public void update(byte in) {
    update(new byte[] {in}, 0, 1);
  }

  /** The last block is held back: it is treated otherwise. */
  @Override
  public void update(byte[] in, int inOff, int len) {
    byte[] all = Arrays.copyOf(pending, pending.length + len);
    System.arraycopy(in, inOff, all, pending.length, len);
    int now = all.length == 0 ? 0 : (all.length - 1) / BLOCK * BLOCK;
    pending = Arrays.copyOfRange(all, now, all.length);
    chain(Arrays.copyOf(all, now));
  }

  @Override
  public int doFinal(byte[] out, int outOff) {
    byte[] subkey = doubled(aes.cipher(TpmAlgId.ECB, false, new byte[BLOCK], new byte[0]).data());
    byte[] last = Arrays.copyOf(pending, BLOCK);
    if (pending.length < BLOCK) {
      last[pending.length] = (byte) 0x80;
      subkey = doubled(subkey);
    }
    for (int i = 0; i < BLOCK; i++) {
      last[i] ^= subkey[i];
    }
    chain(last);
    System.arraycopy(state, 0, out, outOff, BLOCK);
    Arrays.fill(subkey, (byte) 0);
    reset();
    return BLOCK;
  }

  private void chain(byte[] blocks) {
    if (blocks.length > 0) {
      TpmSecretKeys.Ciphered result = aes.cipher(TpmAlgId.CBC, false, blocks, state);
      byte[] chained = result.data();
      state = Arrays.copyOfRange(chained, chained.length - BLOCK, chained.length);
    }
  }

  /** Times x, in the field of 2^128 elements (RFC 4493, 2.3). */
  private static byte[] doubled(byte[] element) {
    byte[] result = new byte[BLOCK];
    int carry = 0;
    for (int i = BLOCK - 1; i >= 0; i--) {
      int shifted = (element[i] & 0xFF) << 1 | carry;
      result[i] = (byte) shifted;
      carry = shifted >> 8;
    }
    result[BLOCK - 1] ^= (byte) (carry * POLYNOMIAL);
    return result;
  }

  @Override
  public void reset() {
    state = new byte[BLOCK];
    pending = new byte[0];
  }
}
