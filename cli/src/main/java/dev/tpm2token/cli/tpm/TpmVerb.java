package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Setup;
import dev.tpm2token.cli.Verb;
import dev.tpm2token.token.Settings;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.tpm.Administration;
import dev.tpm2token.tpm.DictionaryAttack;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A verb that works on the TPM and no token. */
public abstract class TpmVerb extends Verb {
  /** Half of the persistent handles are the platform's: Part 2, 7.5. */
  private static final int PLATFORMS = 0x0080_0000;

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
      return explained(hierarchy, () -> administer(work, new byte[0]));
    }
    try (Secret password = secrets().existing("password of the " + hierarchy, option, file)) {
      return explained(hierarchy, () -> password.use(auth -> administer(work, auth)));
    }
  }

  private <T> T explained(Hierarchy hierarchy, Supplier<T> work) {
    try {
      return work.get();
    } catch (TpmResponseException e) {
      if (e.is(TpmRc.BAD_AUTH) || e.is(TpmRc.AUTH_FAIL)) {
        String words = "that is not the password of the %s".formatted(hierarchy);
        throw new CommandException(
            ExitStatus.PIN, hierarchy == Hierarchy.lockout ? words + "; " + pause() : words, e);
      }
      if (hierarchy == Hierarchy.lockout && e.is(TpmRc.LOCKOUT)) {
        throw new CommandException(
            ExitStatus.PIN, "a wrong lockout password was given before: " + pause(), e);
      }
      if (e.is(TpmRc.SIZE) && e.command() == TpmCc.HierarchyChangeAuth) {
        throw new CommandException(
            ExitStatus.PIN,
            "that password is too long for this TPM: it takes as many octets as its longest digest"
                + " has, such as 48 or 64",
            e);
      }
      throw e;
    }
  }

  /** What a wrong lockout password brings about: Part 1, 19.8.6. */
  private String pause() {
    int seconds = on(device -> device.call(DictionaryAttack::read)).lockoutRecovery();
    return seconds == 0
        ? "the TPM takes none until it is reset, as a reboot does"
        : "the TPM takes none for %d s after it".formatted(seconds);
  }

  /**
   * Checks that a hierarchy may keep a key under a handle: Part 3, 28.5.
   *
   * @throws RuntimeException for picocli where it may not
   */
  protected final void checkKeeps(Hierarchy hierarchy, TpmHandle handle) {
    if (hierarchy == Hierarchy.endorsement) {
      throw usage(
          "the endorsement hierarchy keeps and removes no keys: the owner does, and the platform");
    }
    boolean platforms = (handle.value() & PLATFORMS) != 0;
    if (platforms != (hierarchy == Hierarchy.platform)) {
      throw usage(
          "%s is not among the handles of the %s: %s"
              .formatted(
                  handle,
                  hierarchy,
                  platforms
                      ? "those are 0x81000000 to 0x817fffff"
                      : "those are 0x81800000 to 0x81ffffff"));
    }
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
