package dev.tpm2token.cli;

import java.io.PrintWriter;

/**
 * What a verb found or did: a record, which with {@code --json} is printed as an object of its
 * components. Parts of it that are records, too, are {@link Part}s; octets are printed in hex.
 */
public interface Report extends Part {
  /** For people: lines on a terminal. */
  void print(PrintWriter out);

  /** How the command ends. */
  default ExitStatus status() {
    return ExitStatus.DONE;
  }
}
