package dev.tpm2token.cli;

import dev.tpm2token.config.Configuration;
import dev.tpm2token.config.ConfigurationException;
import dev.tpm2token.config.Environment;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.Version;
import dev.tpm2token.tpm.TpmException;
import java.io.PrintWriter;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command itself; what it does is the matter of its verbs. */
@Command(
    name = "tpm2-token",
    description = "Keys behind this machine's TPM 2.0, for every program that speaks PKCS#11.",
    mixinStandardHelpOptions = true,
    versionProvider = Tpm2Token.Versions.class,
    subcommands = {ListTokens.class, Doctor.class},
    footer = {
      "",
      "The library is libtpm2-token.so. TPM2_TOKEN_CONFIG, TPM2_TOKEN_STORE, TPM2_TOKEN_TCTI and",
      "TPM2_TOKEN_LOG say where things are; `tpm2-token doctor` says what they come to."
    })
public final class Tpm2Token implements Runnable {
  /** It did what was asked. */
  static final int DONE = 0;

  /** It could not, or found something wrong. */
  static final int FAILED = 1;

  private final Supplier<Configuration> configuration;

  @Spec private CommandSpec spec = CommandSpec.create();

  private Tpm2Token(Supplier<Configuration> configuration) {
    this.configuration = configuration;
  }

  /** What {@code --version} prints. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tpm2-token " + Version.TEXT};
    }
  }

  /**
   * Runs the command.
   *
   * @return 0 where it did what was asked, 1 where it could not, 2 for a wrong command line
   */
  public static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    return run(arguments, () -> Configuration.load(Environment.ofProcess(false)), out, err);
  }

  static int run(
      String[] arguments, Supplier<Configuration> configuration, PrintWriter out, PrintWriter err) {
    CommandLine command =
        new CommandLine(new Tpm2Token(configuration))
            .setOut(out)
            .setErr(err)
            .setExecutionExceptionHandler(
                (failure, line, parsed) -> {
                  line.getErr().println("tpm2-token: " + words(failure));
                  return FAILED;
                });
    int status = command.execute(arguments);
    out.flush();
    err.flush();
    return status;
  }

  /** What a person reads of a failure: our own words where we have some. */
  private static String words(Exception failure) {
    return switch (failure) {
      case ConfigurationException e -> String.valueOf(e.getMessage());
      case TpmException e -> String.valueOf(e.getMessage());
      case CryptokiException e -> String.valueOf(e.getMessage());
      default -> failure.toString();
    };
  }

  Configuration configuration() {
    return configuration.get();
  }

  /** Without a verb. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
