package dev.tpm2token.cli;

/** Text for people. */
public final class Texts {
  private Texts() {}

  /** Text that others wrote, for a terminal: nothing in it moves the cursor. */
  public static String shown(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
