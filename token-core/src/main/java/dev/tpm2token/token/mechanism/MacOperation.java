package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_SIGNATURE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_SIGNATURE_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.Mac;

/** An authentication code in the making, for signing as for verifying. */
final class MacOperation implements SignOperation, VerifyOperation {
  private final Mac mac;
  private final int length;
  private final Runnable ending;

  MacOperation(Mac mac, int length, Runnable ending) {
    this.mac = mac;
    this.length = length;
    this.ending = ending;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void update(byte[] part) {
    mac.update(part, 0, part.length);
  }

  @Override
  public byte[] finish() {
    byte[] whole = new byte[mac.getMacSize()];
    mac.doFinal(whole, 0);
    return Arrays.copyOf(whole, length);
  }

  @Override
  public void finish(byte[] signature) {
    if (signature.length != length) {
      throw new CryptokiException(CKR_SIGNATURE_LEN_RANGE);
    }
    if (!MessageDigest.isEqual(finish(), signature)) {
      throw new CryptokiException(CKR_SIGNATURE_INVALID);
    }
  }

  @Override
  public void close() {
    mac.reset();
    ending.run();
  }
}
