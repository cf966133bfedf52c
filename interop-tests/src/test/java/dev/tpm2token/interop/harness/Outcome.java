package dev.tpm2token.interop.harness;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a command did.
 *
 * @param command as it was typed
 * @param exit its exit code, or {@link #HUNG}
 * @param stdout what it wrote to standard output
 * @param stderr what it wrote to standard error
 * @param moduleLog the end of the module's own log, read when a message needs it
 */
public record Outcome(
    String command, int exit, String stdout, String stderr, Supplier<String> moduleLog) {
  /** The exit code of a command that had to be ended because its time was up. */
  public static final int HUNG = -1;

  /** Asserts that it succeeded. */
  public Outcome ok() {
    return check(exit == 0, "should succeed");
  }

  /** Asserts that it ended by itself, with an error: 129 and up is bash's word for a signal. */
  public Outcome fails() {
    return check((exit > 0 && exit <= 128) || exit == 255, "should fail of its own accord");
  }

  /** Asserts that all of these are somewhere in what it wrote. */
  public Outcome says(String... texts) {
    for (String text : texts) {
      check(all().contains(text), "should say \"" + text + "\"");
    }
    return this;
  }

  /** Asserts that none of these is anywhere in what it wrote. */
  public Outcome doesNotSay(String... texts) {
    for (String text : texts) {
      check(!all().contains(text), "should not say \"" + text + "\"");
    }
    return this;
  }

  /** How many lines of standard output contain this text. */
  public long count(String text) {
    return lines().stream().filter(line -> line.contains(text)).count();
  }

  /** The lines of standard output. */
  public List<String> lines() {
    return Arrays.asList(stdout.strip().split("\n", -1));
  }

  private String all() {
    return stdout + stderr;
  }

  private Outcome check(boolean good, String expectation) {
    if (!good) {
      throw new AssertionError(expectation + ":\n" + this);
    }
    return this;
  }

  @Override
  public String toString() {
    return """
    $ %s
    %s
    --- exit code %s
    --- standard error
    %s
    --- the module's log
    %s\
    """
        .formatted(command, stdout, exit == HUNG ? "none: it hung" : exit, stderr, moduleLog.get());
  }
}
