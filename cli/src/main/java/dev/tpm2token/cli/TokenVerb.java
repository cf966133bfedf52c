package dev.tpm2token.cli;

import dev.tpm2token.token.UserType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A verb that works on one token for its user. */
public abstract class TokenVerb extends OneTokenVerb {
  @Option(
      names = "--pin-file",
      paramLabel = "FILE",
      description = "The user PIN's file; - is standard input. Without it, it is asked for.")
  private @Nullable String pinFile;

  /** Opens the token and logs the user in, where it wants that. */
  protected final OpenToken login() {
    return login(UserType.CKU_USER, pinFile);
  }
}
