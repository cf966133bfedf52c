package dev.tpm2token.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private Shell shell = Shell.bash;

  /** The script. */
  record Script(String shell, String script) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.print(script);
    }
  }

  @Override
  protected Report run() {
    return new Script(shell.name(), AutoComplete.bash("tpm2-token", spec.root().commandLine()));
  }
}
