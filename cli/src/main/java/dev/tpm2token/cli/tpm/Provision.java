package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HandleConverter;
import dev.tpm2token.cli.Report;
import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tpm2-token provision}: the storage root key, where the seed of all tokens is. */
@Command(
    name = "provision",
    description = {
      "Makes the TPM's storage key and keeps it under its handle.",
      "Where there is one already, by whomever made, it is left alone. token init does the same"
          + " when it has to."
    },
    footer = {"  tpm2-token provision"})
public final class Provision extends TpmVerb {
  @Mixin private Algorithm algorithm = new Algorithm();

  @Option(
      names = "--handle",
      paramLabel = "HANDLE",
      converter = HandleConverter.class,
      description = "Where to keep it; what the configuration says without this: 0x81000001.")
  private @Nullable TpmHandle handle;

  @Option(
      names = "--owner-auth-file",
      paramLabel = "FILE",
      description = "The owner's password, where there is one; - is standard input.")
  private @Nullable String ownerAuthFile;

  /**
   * The storage key.
   *
   * @param made whether it was made now
   */
  record Provisioned(KeyReport storageKey, boolean made) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("%s the storage key %s%n", made ? "made" : "there is already", storageKey.words());
    }
  }

  @Override
  protected Report run() {
    algorithm.check();
    TpmHandle where = handle != null ? handle : new TpmHandle(settings().parentHandle());
    if (where.isPersistent()) {
      checkKeeps(Hierarchy.owner, where);
    }
    return on(device -> find(device, where))
        .map(found -> there(where, found))
        .orElseGet(() -> make(where));
  }

  /**
   * What is there is left alone, and is not called what was asked for where it is something else.
   */
  private Provisioned there(TpmHandle where, Parent found) {
    KeyReport key = KeyReport.of(where, found.publicArea());
    if (algorithm.excludes(found.publicArea().type())) {
      throw new CommandException(
          ExitStatus.REFUSED,
          "the storage key at %s is another kind, %s; choose another handle by --handle"
              .formatted(where, key.type()));
    }
    return new Provisioned(key, false);
  }

  private static Optional<Parent> find(TpmDevice device, TpmHandle where) {
    try {
      return Optional.of(device.call(tpm -> tpm.readParent(where)));
    } catch (TpmResponseException e) {
      if (!e.is(TpmRc.HANDLE)) {
        throw e;
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitStatus.REFUSED, e.getMessage() + "; choose another by --handle", e);
    }
  }

  private Provisioned make(TpmHandle where) {
    Capabilities found = on(device -> device.call(Capabilities::probe));
    return progress(
        "the TPM makes its storage key",
        () ->
            authorized(
                Hierarchy.owner,
                "--owner-auth-file",
                ownerAuthFile,
                (tpm, auth) ->
                    new Provisioned(
                        KeyReport.of(
                            where,
                            tpm.keepPrimary(
                                TpmHandle.OWNER, algorithm.template(found), where, auth)),
                        true)));
  }
}
