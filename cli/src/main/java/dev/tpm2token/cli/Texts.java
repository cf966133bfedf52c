package dev.tpm2token.cli;

/** Text for people. */
public final class Texts {
  private Texts() {}

  /**
   * Text that others wrote, for a terminal: nothing in it moves the cursor (C0 and C1), or turns
   * the direction of what follows.
   */
  public static String shown(String text) {
    return text.replaceAll("[\\p{Cc}\u202a-\u202e\u2066-\u2069]", "?");
  }
}
