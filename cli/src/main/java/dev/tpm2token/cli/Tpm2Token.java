package dev.tpm2token.cli;

import dev.tpm2token.cli.attest.Attest;
import dev.tpm2token.cli.attest.Verify;
import dev.tpm2token.cli.cert.Csr;
import dev.tpm2token.cli.store.BackupVerb;
import dev.tpm2token.cli.store.RestoreVerb;
import dev.tpm2token.cli.tpm.Caps;
import dev.tpm2token.cli.tpm.Flush;
import dev.tpm2token.cli.tpm.Provision;
import dev.tpm2token.cli.tpm.SelfTestVerb;
import dev.tpm2token.token.Version;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself; what it does is the matter of its verbs. */
@Command(
    name = "tpm2-token",
    description = "Keys behind this machine's TPM 2.0, for every program that speaks PKCS#11.",
    mixinStandardHelpOptions = true,
    versionProvider = Tpm2Token.Versions.class,
    subcommands = {
      ListTokens.class,
      Doctor.class,
      VerbGroups.TokenVerbs.class,
      VerbGroups.PinVerbs.class,
      VerbGroups.KeyVerbs.class,
      VerbGroups.CertVerbs.class,
      Csr.class,
      VerbGroups.SshVerbs.class,
      BackupVerb.class,
      RestoreVerb.class,
      VerbGroups.StoreVerbs.class,
      Provision.class,
      Caps.class,
      SelfTestVerb.class,
      VerbGroups.HierarchyVerbs.class,
      VerbGroups.LockoutVerbs.class,
      VerbGroups.PrimaryVerbs.class,
      VerbGroups.StorageKeyVerbs.class,
      Flush.class,
      Attest.class,
      Verify.class,
      VerbGroups.CredentialVerbs.class,
      Completion.class,
    },
    footer = {
      "",
      "The library is libtpm2-token.so. TPM2_TOKEN_CONFIG, TPM2_TOKEN_STORE, TPM2_TOKEN_TCTI and",
      "TPM2_TOKEN_LOG say where things are; `tpm2-token doctor` says what they come to."
    })
public final class Tpm2Token implements Runnable {
  private final Surroundings surroundings;
  private @Nullable Secrets secrets;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--askpass",
      paramLabel = "PROGRAM",
      scope = ScopeType.INHERIT,
      description = "Asks for PINs and the like as SSH_ASKPASS does, instead of the terminal.")
  private @Nullable String askpass;

  private Tpm2Token(Surroundings surroundings) {
    this.surroundings = surroundings;
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
   * @return an {@link ExitStatus}'s code
   */
  public static int run(String[] arguments, Surroundings surroundings) {
    int status = commandLine(surroundings).execute(arguments);
    surroundings.out().flush();
    surroundings.err().flush();
    return status;
  }

  /** The command with all its verbs. */
  static CommandLine commandLine(Surroundings surroundings) {
    CommandLine command =
        new CommandLine(new Tpm2Token(surroundings))
            .setOut(surroundings.out())
            .setErr(surroundings.err())
            .setExecutionExceptionHandler(
                (failure, line, parsed) -> {
                  line.getErr().println("tpm2-token: " + Failures.words(failure));
                  return Failures.status(failure).code();
                });
    headExamples(command);
    command
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(exitCodes());
    return command;
  }

  /** What stands at the end of a verb's help is an example of it. */
  private static void headExamples(CommandLine verb) {
    for (CommandLine each : verb.getSubcommands().values()) {
      UsageMessageSpec help = each.getCommandSpec().usageMessage();
      if (help.footer().length > 0) {
        help.footerHeading("%nExample:%n");
      }
      headExamples(each);
    }
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitStatus each : ExitStatus.values()) {
      codes.put(String.valueOf(each.code()), each.meaning());
    }
    return codes;
  }

  Surroundings surroundings() {
    return surroundings;
  }

  /** One for the whole run: standard input is read once. */
  Secrets secrets() {
    Secrets found = secrets;
    if (found == null) {
      found = new Secrets(surroundings, askpass, ofStandardInput());
      secrets = found;
    }
    return found;
  }

  private List<String> ofStandardInput() {
    ParseResult parsed = spec.commandLine().getParseResult();
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    return parsed.matchedOptions().stream()
        .filter(each -> each.stringValues().contains("-"))
        .map(OptionSpec::longestName)
        .toList();
  }

  /** Without a verb. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
