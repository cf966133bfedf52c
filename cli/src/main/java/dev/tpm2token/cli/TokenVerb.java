package dev.tpm2token.cli;

import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.UserType;
import dev.tpm2token.token.crypto.Secret;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A verb that works on one token. */
public abstract class TokenVerb extends Verb {
  @Option(
      names = "--token",
      paramLabel = "LABEL",
      description = "The token, by its label or serial number; not needed where there is just one.")
  private @Nullable String token;

  @Option(
      names = "--pin-file",
      paramLabel = "FILE",
      description = "The user PIN's file; - is standard input. Without it, it is asked for.")
  private @Nullable String pinFile;

  /** The module with the command's settings. */
  protected final Cryptoki module() {
    return new Cryptoki(Setup.settings(configuration(), true));
  }

  /** Opens the token, for what everybody may see. */
  protected final OpenToken open() {
    return open(false);
  }

  /** Opens the token and logs the user in, where it wants that. */
  protected final OpenToken login() {
    OpenToken opened = open(true);
    try {
      if (opened.wantsPin()) {
        String what = "user PIN of " + opened.info().label();
        try (Secret pin = secrets().existing(what, "--pin-file", pinFile)) {
          opened.login(UserType.CKU_USER, pin);
        }
      }
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private OpenToken open(boolean readWrite) {
    Cryptoki module = module();
    try {
      return OpenToken.of(module, OpenToken.slot(module, token), readWrite);
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }
}
