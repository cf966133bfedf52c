package dev.tpm2token.cli;

/** A label that somebody gives: one that lists can show, and that can be typed again. */
public final class NewLabel {
  private NewLabel() {}

  /**
   * The label, if it is one.
   *
   * @throws CommandException where nothing of it is seen, or it has control characters
   */
  public static String checked(String label) {
    if (label.isBlank() || !Texts.shown(label).equals(label)) {
      throw new CommandException(
          ExitStatus.USAGE, "a label wants a letter at least, and no control characters");
    }
    return label;
  }
}
