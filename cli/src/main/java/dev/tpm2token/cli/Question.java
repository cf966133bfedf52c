package dev.tpm2token.cli;

import java.util.Locale;
import picocli.CommandLine.Option;

/** What a verb that destroys asks before; a mixin. */
public final class Question {
  @Option(names = "--yes", description = "Does it without asking.")
  private boolean yes;

  /**
   * Asks, unless {@code --yes} was given.
   *
   * @param what is going to happen, as a sentence without its end
   * @throws CommandException where the answer is not yes, or nobody can be asked
   */
  public void ask(Surroundings surroundings, String what) {
    if (yes) {
      return;
    }
    String answer =
        surroundings
            .terminal()
            .confirm(what + ". Go on? [y/N] ")
            .orElseThrow(() -> new CommandException(ExitStatus.REFUSED, what + "; --yes does it"));
    if (!answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
      throw new CommandException(ExitStatus.REFUSED, "nothing was done");
    }
  }
}
