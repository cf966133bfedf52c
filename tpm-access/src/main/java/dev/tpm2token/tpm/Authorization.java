package dev.tpm2token.tpm;

import dev.tpm2token.tpm.session.PasswordSession;
import dev.tpm2token.tpm.session.Session;

/**
 * What a command's caller may use an entity by. The one after those that a command wants encrypts
 * and authenticates its parameters and authorizes nothing. Good within one {@link TpmDevice#call}.
 */
public final class Authorization {
  /** The empty password: only for an entity that has no secret. */
  public static final Authorization EMPTY = new Authorization(new PasswordSession(), new byte[0]);

  private final Session session;
  private final byte[] authValue;

  /** Keeps {@code authValue} itself: the caller zeroes it after its last use. */
  Authorization(Session session, byte[] authValue) {
    this.session = session;
    this.authValue = authValue;
  }

  Session session() {
    return session;
  }

  byte[] authValue() {
    return authValue;
  }

  @Override
  public String toString() {
    return "Authorization[" + session.handle() + "]";
  }
}
