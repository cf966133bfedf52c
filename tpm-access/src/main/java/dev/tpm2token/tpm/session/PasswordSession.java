package dev.tpm2token.tpm.session;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.structure.TpmHandle;

/**
 * TPM_RS_PW with the empty password, and no other: for entities that have no secret. Part 1, 17.4.
 */
public final class PasswordSession implements Session {
  private static final byte[] NONE = {};

  @Override
  public TpmHandle handle() {
    return TpmHandle.PASSWORD;
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public void begin() {}

  @Override
  public byte[] nonceCaller() {
    return NONE;
  }

  @Override
  public byte[] authorize(byte[] authValue, byte[] cpHash, int attributes) {
    return NONE;
  }

  @Override
  public void verify(
      byte[] authValue, byte[] rpHash, byte[] nonceTpm, int attributes, byte[] hmac) {
    if (nonceTpm.length != 0 || hmac.length != 0) {
      throw new TpmProtocolException("a nonce or an HMAC in answer to a password");
    }
  }

  @Override
  public void encryptCommand(byte[] authValue, byte[] data) {
    throw new IllegalStateException("a password encrypts nothing");
  }

  @Override
  public void decryptResponse(byte[] authValue, byte[] data) {
    throw new IllegalStateException("a password encrypts nothing");
  }

  @Override
  public void close() {}
}
