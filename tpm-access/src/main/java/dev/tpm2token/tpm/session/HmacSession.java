package dev.tpm2token.tpm.session;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.CFBBlockCipher;
import org.bouncycastle.crypto.modes.CFBModeCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** An HMAC session, salted and unbound, with SHA-256 and AES-128-CFB: Part 1, 17.6, 19 and 21. */
public final class HmacSession implements Session {
  public static final TpmAlgId HASH = TpmAlgId.SHA256;
  public static final TpmtSymDefObject SYMMETRIC = TpmtSymDefObject.AES_128_CFB;

  /** As long as the hash, the longest that the TPM takes. */
  public static final int NONCE_LENGTH = 32;

  private static final int KEY_LENGTH = 16;
  private static final int BLOCK_LENGTH = 16;

  private final TpmHandle handle;
  private final SecureRandom random;
  private final byte[] sessionKey;
  private final byte[] nonceCaller;
  private byte[] nonceTpm;

  /**
   * A session that the TPM has started.
   *
   * @param nonceCaller as sent in StartAuthSession
   * @param salt what the key's encrypted salt decrypts to; the caller zeroes it
   */
  public HmacSession(
      TpmHandle handle, byte[] nonceCaller, byte[] nonceTpm, byte[] salt, SecureRandom random) {
    this.handle = handle;
    this.random = random;
    this.nonceCaller = nonceCaller.clone();
    this.nonceTpm = nonceTpm.clone();
    sessionKey = Kdf.a(HASH, salt, "ATH", nonceTpm, nonceCaller, 8 * HASH.digestLength());
  }

  @Override
  public TpmHandle handle() {
    return handle;
  }

  @Override
  public boolean isSecure() {
    return true;
  }

  @Override
  public void begin() {
    random.nextBytes(nonceCaller);
  }

  @Override
  public byte[] nonceCaller() {
    return nonceCaller.clone();
  }

  @Override
  public byte[] authorize(byte[] authValue, byte[] cpHash, int attributes) {
    return hmac(authValue, cpHash, nonceCaller, nonceTpm, attributes);
  }

  @Override
  public void verify(
      byte[] authValue, byte[] rpHash, byte[] newNonceTpm, int attributes, byte[] hmac) {
    nonceTpm = newNonceTpm.clone();
    byte[] expected = hmac(authValue, rpHash, nonceTpm, nonceCaller, attributes);
    if (!org.bouncycastle.util.Arrays.constantTimeAreEqual(expected, hmac)) {
      throw new TpmProtocolException("the response's HMAC is wrong: the TPM did not send it");
    }
  }

  @Override
  public void encryptCommand(byte[] authValue, byte[] data) {
    cfb(true, authValue, nonceCaller, nonceTpm, data);
  }

  @Override
  public void decryptResponse(byte[] authValue, byte[] data) {
    cfb(false, authValue, nonceTpm, nonceCaller, data);
  }

  @Override
  public void close() {
    Arrays.fill(sessionKey, (byte) 0);
  }

  /** Part 1, 19.6.5: over pHash, the newer nonce, the older nonce and the attributes. */
  private byte[] hmac(byte[] authValue, byte[] pHash, byte[] newer, byte[] older, int attributes) {
    byte[] key = key(authValue);
    try {
      return Hash.hmac(HASH, key, pHash, newer, older, new byte[] {(byte) attributes});
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** Part 1, 21.3: key and IV from sessionKey, authValue and the two nonces. */
  private void cfb(boolean encrypt, byte[] authValue, byte[] newer, byte[] older, byte[] data) {
    byte[] sessionValue = key(authValue);
    byte[] keyAndIv =
        Kdf.a(HASH, sessionValue, "CFB", newer, older, 8 * (KEY_LENGTH + BLOCK_LENGTH));
    try {
      CFBModeCipher cipher = CFBBlockCipher.newInstance(AESEngine.newInstance(), 8 * BLOCK_LENGTH);
      KeyParameter key = new KeyParameter(keyAndIv, 0, KEY_LENGTH);
      cipher.init(encrypt, new ParametersWithIV(key, keyAndIv, KEY_LENGTH, BLOCK_LENGTH));
      cipher.processBytes(data, 0, data.length, data, 0);
    } finally {
      Arrays.fill(sessionValue, (byte) 0);
      Arrays.fill(keyAndIv, (byte) 0);
    }
  }

  /** sessionKey and authValue; an authValue ends before its trailing zeros (Part 1, 19.6.4.3). */
  private byte[] key(byte[] authValue) {
    int length = authValue.length;
    while (length > 0 && authValue[length - 1] == 0) {
      length--;
    }
    byte[] key = Arrays.copyOf(sessionKey, sessionKey.length + length);
    System.arraycopy(authValue, 0, key, sessionKey.length, length);
    return key;
  }
}
