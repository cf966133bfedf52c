package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Setup;
import dev.tpm2token.cli.Verb;
import dev.tpm2token.token.Settings;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.tpm.Administration;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A verb that works on the TPM and no token. */
public abstract class TpmVerb extends Verb {
  protected final Settings settings() {
    return Setup.settings(configuration(), true);
  }

  /** Does something on the TPM, in one lease. */
  protected final <T> T on(Function<TpmDevice, T> work) {
    Settings settings = settings();
    try (TpmDevice device =
        new TpmDevice(
            settings.tcti(), settings.lease(), settings.passwords(), settings.knownParents())) {
      return work.apply(device);
    }
  }

  /**
   * Does what a hierarchy's password authorizes. It is read from the file that an option names, or
   * asked for, where the TPM says that there is one: a wrong one for the lockout locks that.
   *
   * @param option the option's name
   * @param file what it says
   */
  protected final <T> T authorized(
      Hierarchy hierarchy, String option, @Nullable String file, Authorized<T> work) {
    if (file == null
        && !administer((tpm, none) -> tpm.hasPassword(hierarchy.handle()), new byte[0])) {
      return administer(work, new byte[0]);
    }
    try (Secret password = secrets().existing("password of the " + hierarchy, option, file)) {
      return password.use(auth -> administer(work, auth));
    } catch (TpmResponseException e) {
      throw isWrong(e)
          ? new CommandException(ExitStatus.PIN, "that is not the password of the " + hierarchy, e)
          : e;
    }
  }

  private static boolean isWrong(TpmResponseException e) {
    return e.is(TpmRc.BAD_AUTH) || e.is(TpmRc.AUTH_FAIL);
  }

  private <T> T administer(Authorized<T> work, byte[] auth) {
    return on(device -> device.call(tpm -> work.run(new Administration(tpm), auth)));
  }

  /** What a password authorizes. */
  @FunctionalInterface
  protected interface Authorized<T> {
    /** Does it; the password is zeroed by the caller. */
    T run(Administration tpm, byte[] auth);
  }
}
