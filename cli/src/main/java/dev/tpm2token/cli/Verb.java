package dev.tpm2token.cli;

import dev.tpm2token.config.Configuration;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every verb has: options of its own as fields, and a {@link Report} as its result. */
@Command(mixinStandardHelpOptions = true)
public abstract class Verb implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print a JSON object instead of text.")
  private boolean json;

  /** For picocli, which fills in the fields. */
  @SuppressWarnings("NullAway.Init")
  protected Verb() {}

  /** Does it. */
  protected abstract Report run();

  @Override
  public final Integer call() {
    Report report = run();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.of(report));
    } else {
      report.print(out);
    }
    return report.status().code();
  }

  /** What surrounds the command. */
  protected final Surroundings surroundings() {
    return ((Tpm2Token) spec.root().userObject()).surroundings();
  }

  protected final Configuration configuration() {
    return surroundings().configuration();
  }

  /** Where PINs and other secrets come from. */
  protected final Secrets secrets() {
    return ((Tpm2Token) spec.root().userObject()).secrets();
  }

  /** Does what may take long, and says so on a terminal meanwhile. */
  protected final <T> T progress(String what, Supplier<T> work) {
    Progress shown = Progress.of(surroundings(), what);
    try {
      return work.get();
    } finally {
      shown.end();
    }
  }

  /** A wrong command line, with the usage beneath it. */
  protected final RuntimeException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
