package dev.tpm2token.token;

/** What version this is. */
public final class Version {
  /** As a person reads it; the build's own version. */
  public static final String TEXT = "0.1.0";

  /** As CK_INFO has it. */
  public static final int MAJOR = 0;

  /** As CK_INFO has it. */
  public static final int MINOR = 1;

  private Version() {}
}
