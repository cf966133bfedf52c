package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TpmSecretKeys;
import java.io.ByteArrayOutputStream;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.Mac;

/**
 * HMAC by the TPM. What is authenticated is kept until the end: a sequence in the TPM would take up
 * one of its few slots for as long as the client likes.
 */
final class TpmHmac implements Mac {
  private final TpmSecretKeys keys;
  private final KeyInUse inUse;
  private final HashAlgorithm hash;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  TpmHmac(TpmSecretKeys keys, KeyInUse inUse, HashAlgorithm hash) {
    this.keys = keys;
    this.inUse = inUse;
    this.hash = hash;
  }

  @Override
  public void init(CipherParameters none) {
    reset();
  }

  @Override
  public String getAlgorithmName() {
    return hash + "/HMAC";
  }

  @Override
  public int getMacSize() {
    return hash.length();
  }

  @Override
  public void update(byte in) {
    data.write(in);
  }

  @Override
  public void update(byte[] in, int inOff, int len) {
    data.write(in, inOff, len);
  }

  @Override
  public int doFinal(byte[] out, int outOff) {
    byte[] mac = keys.hmac(inUse, hash, data.toByteArray());
    System.arraycopy(mac, 0, out, outOff, mac.length);
    reset();
    return mac.length;
  }

  @Override
  public void reset() {
    data.reset();
  }
}
