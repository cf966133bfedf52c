package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TpmSecretKeys;
import dev.tpm2token.tpm.structure.TpmAlgId;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.Mac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.util.BigIntegers;

/**
 * An AES key in the TPM, which is asked for as much at once as it takes. Modes that it has not, and
 * GCM, are built of its blocks: what they keep in memory besides (GCM's hash subkey for one) opens
 * nothing else.
 */
record TpmAes(TpmSecretKeys keys, KeyInUse inUse) implements AesKey {
  private static final byte[] NO_IV = {};
  private static final BigInteger ALL = BigInteger.ONE.shiftLeft(8 * AesMode.BLOCK);

  /** The key is not here: modes ask for one, and the ciphers below pass it over. */
  private static final KeyParameter NOT_HERE = new KeyParameter(new byte[AesMode.BLOCK]);

  @Override
  public BlockCipher blocks() {
    return new Blocks(this);
  }

  @Override
  public BlockCipher counters() {
    return new Counters(this);
  }

  @Override
  public KeyParameter parameter() {
    return NOT_HERE;
  }

  @Override
  public CipherOperation start(AesMode mode, boolean encrypting, byte[] iv) {
    return new TpmAesCipher(this, mode, encrypting, iv);
  }

  @Override
  public Mac cmac() {
    return new TpmCmac(this);
  }

  @Override
  public void close() {
    inUse.close();
  }

  /** What the TPM gives for data, and the IV with which the data goes on that follows. */
  TpmSecretKeys.Ciphered cipher(TpmAlgId mode, boolean decrypting, byte[] data, byte[] iv) {
    return keys.cipher(inUse, mode, decrypting, data, iv);
  }

  private byte[] ecb(boolean decrypting, byte[] data) {
    return cipher(TpmAlgId.ECB, decrypting, data, NO_IV).data();
  }

  /** A block at a time. */
  private static class Blocks implements BlockCipher {
    final TpmAes aes;
    private boolean decrypting;

    Blocks(TpmAes aes) {
      this.aes = aes;
    }

    @Override
    public void init(boolean forEncryption, CipherParameters none) {
      decrypting = !forEncryption;
    }

    @Override
    public String getAlgorithmName() {
      return "AES";
    }

    @Override
    public int getBlockSize() {
      return AesMode.BLOCK;
    }

    @Override
    public int processBlock(byte[] in, int inOff, byte[] out, int outOff) {
      byte[] block = crypt(Arrays.copyOfRange(in, inOff, inOff + AesMode.BLOCK));
      System.arraycopy(block, 0, out, outOff, AesMode.BLOCK);
      return AesMode.BLOCK;
    }

    byte[] crypt(byte[] block) {
      return aes.ecb(decrypting, block);
    }

    @Override
    public void reset() {}
  }

  /** Asks together with a counter's value for those that follow: they are going to be wanted. */
  private static final class Counters extends Blocks {
    private static final byte[] ZERO = new byte[AesMode.BLOCK];

    private final Map<ByteBuffer, byte[]> ahead = new HashMap<>();
    private boolean begun;

    Counters(TpmAes aes) {
      super(aes);
    }

    @Override
    byte[] crypt(byte[] block) {
      byte[] known = ahead.remove(ByteBuffer.wrap(block));
      if (known != null) {
        return known;
      }
      if (Arrays.equals(block, ZERO)) { // GCM's hash subkey
        return super.crypt(block);
      }
      byte[] asked = new byte[aes.keys.blocksAtOnce()];
      BigInteger counter = first(block);
      for (int i = 0; i < asked.length; i += AesMode.BLOCK) {
        byte[] next = BigIntegers.asUnsignedByteArray(AesMode.BLOCK, counter);
        System.arraycopy(next, 0, asked, i, AesMode.BLOCK);
        counter = counter.add(BigInteger.ONE).mod(ALL);
      }
      begun = true;
      byte[] answered = aes.ecb(false, asked);
      for (int i = 0; i < asked.length; i += AesMode.BLOCK) {
        ahead.put(
            ByteBuffer.wrap(Arrays.copyOfRange(asked, i, i + AesMode.BLOCK)),
            Arrays.copyOfRange(answered, i, i + AesMode.BLOCK));
      }
      return Objects.requireNonNull(ahead.remove(ByteBuffer.wrap(block)));
    }

    /** At the beginning the value before is asked for too: GCM wants it at the end. */
    private BigInteger first(byte[] block) {
      BigInteger counter = new BigInteger(1, block);
      return begun ? counter : counter.subtract(BigInteger.ONE).mod(ALL);
    }
  }
}
