package dev.tpm2token.cli;

import dev.tpm2token.config.Configuration;
import dev.tpm2token.config.Environment;
import java.io.InputStream;
import java.io.PrintWriter;

/**
 * What surrounds one run of the command.
 *
 * @param environment its variables
 * @param in standard input
 * @param out standard output
 * @param err standard error, also for progress
 * @param terminal who can be asked
 */
public record Surroundings(
    Environment environment, InputStream in, PrintWriter out, PrintWriter err, Terminal terminal) {
  /** The configuration as it is now. */
  public Configuration configuration() {
    return Configuration.load(environment);
  }
}
