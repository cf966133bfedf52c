package dev.tpm2token.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token completion}: what the shell offers at the tabulator key. */
@Command(
    name = "completion",
    description = "Prints a script by which bash or zsh complete the command's words.",
    footer = {
      "  source <(tpm2-token completion bash)",
      "  tpm2-token completion bash >/etc/bash_completion.d/tpm2-token"
    })
final class Completion extends Verb {

  /** The shells: zsh runs bash's script by its bashcompinit, which the script itself loads. */
  enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private Shell shell = Shell.bash;

  /**
   * The script.
   *
   * @param shell which runs it
   * @param script its text
   */
  record Script(String shell, String script) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.print(script);
    }
  }

  @Override
  protected Report run() {
    CommandLine command = Tpm2Token.commandLine(surroundings());
    offerFiles(command);
    return new Script(shell.name(), AutoComplete.bash("tpm2-token", command));
  }

  /** picocli offers files for what is a path to it; ours may be {@code -} too, and are texts. */
  private static void offerFiles(CommandLine verb) {
    CommandSpec of = verb.getCommandSpec();
    for (OptionSpec each : List.copyOf(of.options())) {
      if (isFile(each)) {
        of.remove(each);
        of.addOption(OptionSpec.builder(each.names()).type(Path.class).build());
      }
    }
    for (PositionalParamSpec each : List.copyOf(of.positionalParameters())) {
      if (isFile(each)) {
        of.remove(each);
        of.addPositional(
            PositionalParamSpec.builder().index(each.index()).type(Path.class).build());
      }
    }
    verb.getSubcommands().values().forEach(Completion::offerFiles);
  }

  private static boolean isFile(ArgSpec argument) {
    return argument.type() == String.class && argument.paramLabel().equals("FILE");
  }
}
