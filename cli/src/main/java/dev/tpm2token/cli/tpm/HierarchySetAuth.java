package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.Report;
import dev.tpm2token.token.crypto.Secret;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token hierarchy set-auth}. */
@Command(
    name = "set-auth",
    description = {
      "Sets, changes or clears the password of a hierarchy.",
      "They are the owner, the endorsement hierarchy and the lockout. A lockout password that is"
          + " forgotten is gone: the TPM then unlocks by waiting alone."
    },
    footer = {"  tpm2-token hierarchy set-auth owner"})
public final class HierarchySetAuth extends TpmVerb {
  @Parameters(paramLabel = "WHOSE", description = "owner, endorsement, lockout or platform.")
  private Hierarchy hierarchy = Hierarchy.owner;

  @Option(
      names = "--auth-file",
      paramLabel = "FILE",
      description = "The password as it is, where there is one; - is standard input.")
  private @Nullable String authFile;

  @Option(
      names = "--new-auth-file",
      paramLabel = "FILE",
      description = "The new password; - is standard input.")
  private @Nullable String newAuthFile;

  @Option(names = "--clear", description = "Takes the password away.")
  private boolean clear;

  /**
   * What was done.
   *
   * @param hierarchy owner, endorsement, lockout or platform
   * @param password whether there is one now
   */
  record Changed(String hierarchy, boolean password) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("the %s has %s%n", hierarchy, password ? "a new password" : "no password now");
    }
  }

  @Override
  protected Report run() {
    if (clear && newAuthFile != null) {
      throw usage("--clear and --new-auth-file exclude each other");
    }
    try (Secret changed =
        clear
            ? Secret.taking(new byte[0])
            : secrets()
                .fresh("password of the " + hierarchy, "--new-auth-file", newAuthFile, "--clear")) {
      return authorized(
          hierarchy,
          "--auth-file",
          authFile,
          (tpm, auth) ->
              changed.use(
                  after -> {
                    tpm.changeAuth(hierarchy.handle(), auth, after);
                    return new Changed(hierarchy.name(), after.length > 0);
                  }));
    }
  }
}
