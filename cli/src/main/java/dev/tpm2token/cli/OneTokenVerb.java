package dev.tpm2token.cli;

import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.UserType;
import dev.tpm2token.token.crypto.Secret;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A verb that works on one token, whoever logs in. */
public abstract class OneTokenVerb extends Verb {
  @Option(
      names = "--token",
      paramLabel = "LABEL",
      description = "The token, by its label or serial number; not needed where there is just one.")
  private @Nullable String token;

  /** Opens the token, for what everybody may see. */
  protected final OpenToken open() {
    return open(false);
  }

  /** Opens the token and logs in with the PIN in a file, or as asked for. */
  protected final OpenToken login(UserType user, @Nullable String pinFile) {
    OpenToken opened = open(true);
    try {
      if (user == UserType.CKU_SO || opened.wantsPin()) {
        boolean so = user == UserType.CKU_SO;
        String what = (so ? "SO PIN of " : "user PIN of ") + opened.info().label();
        String option = so ? "--so-pin-file" : "--pin-file";
        try (Secret pin = secrets().existing(what, option, pinFile)) {
          opened.login(user, pin);
        }
      }
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** Opens the token with a session that may change it, and logs nobody in. */
  protected final OpenToken open(boolean readWrite) {
    Cryptoki module = Setup.module(configuration());
    try {
      return OpenToken.of(module, OpenToken.slot(module, token), readWrite);
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }
}
