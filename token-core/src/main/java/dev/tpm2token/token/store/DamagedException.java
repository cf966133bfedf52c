package dev.tpm2token.token.store;

import java.io.IOException;

/** A file of the store does not hold what it has to, or a later version wrote it. */
final class DamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean later;

  private DamagedException(String message, Throwable cause, boolean later) {
    super(message, cause);
    this.later = later;
  }

  /** Not for us to judge. */
  static DamagedException later(Throwable cause) {
    return new DamagedException("written by a later version of tpm2-token", cause, true);
  }

  /** Damage; in words where they are ours, because other people's quote what they read. */
  static DamagedException of(Throwable cause) {
    Throwable why = cause.getCause() == null ? cause : cause.getCause();
    boolean ours = why instanceof IllegalArgumentException && why.getMessage() != null;
    return new DamagedException(
        ours ? String.valueOf(why.getMessage()) : why.getClass().getSimpleName(), cause, false);
  }

  /** Whether a later version wrote it, so that it is left alone. */
  boolean isLater() {
    return later;
  }
}
