package dev.tpm2token.cli.attest;

import dev.tpm2token.cli.Secrets;
import dev.tpm2token.token.crypto.Secret;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The endorsement hierarchy's password, for verbs that make its keys; a mixin. */
final class EndorsementPassword {
  private static final String OPTION = "--endorsement-auth-file";

  @Option(
      names = OPTION,
      paramLabel = "FILE",
      description =
          "The endorsement hierarchy's password, where there is one; - is standard input.")
  private @Nullable String file;

  /** The password; empty where no file is named. */
  Secret get(Secrets secrets) {
    return file == null
        ? Secret.taking(new byte[0])
        : secrets.existing("endorsement password", OPTION, file);
  }
}
