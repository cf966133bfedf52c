package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.crypto.Secret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.DefaultBufferedBlockCipher;
import org.bouncycastle.crypto.Mac;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.CMac;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CFBBlockCipher;
import org.bouncycastle.crypto.modes.OFBBlockCipher;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** An AES key in software. The secret stays whose it is; what was copied of it is zeroed. */
final class SoftwareAes implements AesKey {
  private static final int BLOCK_BITS = 8 * AesMode.BLOCK;

  private final Secret secret;
  private final List<KeyParameter> copies = new ArrayList<>();

  SoftwareAes(Secret secret) {
    this.secret = secret;
  }

  @Override
  public BlockCipher blocks() {
    return AESEngine.newInstance();
  }

  @Override
  public BlockCipher counters() {
    return blocks();
  }

  @Override
  public KeyParameter parameter() {
    KeyParameter copy = secret.use(KeyParameter::new);
    copies.add(copy);
    return copy;
  }

  @Override
  public CipherOperation start(AesMode mode, boolean encrypting, byte[] iv) {
    BlockCipher aes = blocks();
    BufferedBlockCipher cipher =
        switch (mode) {
          case ECB -> new DefaultBufferedBlockCipher(aes);
          case CBC -> new DefaultBufferedBlockCipher(CBCBlockCipher.newInstance(aes));
          case CBC_PAD -> new PaddedBufferedBlockCipher(CBCBlockCipher.newInstance(aes));
          case CFB128 ->
              new DefaultBufferedBlockCipher(CFBBlockCipher.newInstance(aes, BLOCK_BITS));
          case OFB -> new DefaultBufferedBlockCipher(new OFBBlockCipher(aes, BLOCK_BITS));
          case CTR, GCM -> throw new IllegalArgumentException("built of counters");
        };
    KeyParameter key = parameter();
    cipher.init(encrypting, mode == AesMode.ECB ? key : new ParametersWithIV(key, iv));
    return new AesCipher(encrypting, cipher);
  }

  @Override
  public Mac cmac() {
    CMac mac = new CMac(blocks());
    mac.init(parameter());
    return mac;
  }

  @Override
  public void close() {
    copies.forEach(each -> Arrays.fill(each.getKey(), (byte) 0));
  }
}
