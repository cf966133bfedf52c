package dev.tpm2token.tpm.session;

import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.structure.TpmHandle;

/**
 * A policy session: an HMAC session that authorizes by the assertions made in it. The authValue is
 * in its HMACs only where one of them asks for it (Part 1, 19.6.5); parameters are encrypted with
 * it all the same. A success leaves the session as it began, for the next assertions.
 */
public final class PolicySession implements Session {
  private static final byte[] NONE = {};

  private final HmacSession session;
  private boolean asksAuthValue;
  private boolean fresh = true;

  /** Of a session that was started as one. */
  public PolicySession(HmacSession session) {
    this.session = session;
  }

  /** Whether no assertion is left in it from before. */
  public boolean isFresh() {
    return fresh;
  }

  /** The assertions of a policy are going to be made. */
  public void take(Policy policy) {
    fresh = false;
    asksAuthValue = policy.asksAuthValue();
  }

  @Override
  public TpmHandle handle() {
    return session.handle();
  }

  @Override
  public boolean isSecure() {
    return true;
  }

  @Override
  public void begin() {
    session.begin();
  }

  @Override
  public byte[] nonceCaller() {
    return session.nonceCaller();
  }

  @Override
  public void encryptCommand(byte[] authValue, byte[] data) {
    session.encryptCommand(authValue, data);
  }

  @Override
  public byte[] authorize(byte[] authValue, byte[] cpHash, int attributes) {
    return session.authorize(asksAuthValue ? authValue : NONE, cpHash, attributes);
  }

  @Override
  public void verify(
      byte[] authValue, byte[] rpHash, byte[] nonceTpm, int attributes, byte[] hmac) {
    session.verify(asksAuthValue ? authValue : NONE, rpHash, nonceTpm, attributes, hmac);
    fresh = true;
  }

  @Override
  public void decryptResponse(byte[] authValue, byte[] data) {
    session.decryptResponse(authValue, data);
  }

  @Override
  public void close() {
    session.close();
  }
}
