package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HandleConverter;
import dev.tpm2token.cli.Question;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.token.Log;
import dev.tpm2token.token.store.Store;
import dev.tpm2token.token.store.TokenFolder;
import dev.tpm2token.tpm.Administration;
import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.ParentTemplate;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tpm2-token primary create}, {@code persist}, {@code evict} and {@code list}. */
public abstract class PrimaryVerb extends TpmVerb {
  /**
   * A key, and what became of it.
   *
   * @param what "made", "kept" or "removed"
   */
  record Done(String what, KeyReport key) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("%s %s%n", what, key.words());
    }
  }

  /** Lists what is kept. */
  @Command(
      name = "list",
      description = "Lists the keys that are kept in the TPM under persistent handles.",
      footer = {"  tpm2-token primary list"})
  public static final class Listed extends PrimaryVerb {
    /** All of them. */
    record Keys(List<KeyReport> keys) implements Report {
      @Override
      public void print(PrintWriter out) {
        keys.forEach(each -> out.println(each.words()));
      }
    }

    @Override
    protected Report run() {
      return new Keys(
          on(device -> device.call(tpm -> new Administration(tpm).persistent())).stream()
              .map(held -> KeyReport.of(held.handle(), held.publicArea()))
              .toList());
    }
  }

  /** With a hierarchy and its password. */
  abstract static class OfHierarchy extends PrimaryVerb {
    @Option(
        names = "--hierarchy",
        paramLabel = "WHOSE",
        defaultValue = "owner",
        description = "owner, endorsement or platform; ${DEFAULT-VALUE} without this.")
    private Hierarchy hierarchy = Hierarchy.owner;

    @Option(
        names = "--auth-file",
        paramLabel = "FILE",
        description = "The hierarchy's password, where there is one; - is standard input.")
    private @Nullable String authFile;

    /** The hierarchy's handle, where it may keep keys under the other one. */
    final TpmHandle keeping(TpmHandle handle) {
      TpmHandle found = hierarchy();
      checkKeeps(hierarchy, handle);
      return found;
    }

    final TpmHandle hierarchy() {
      if (hierarchy == Hierarchy.lockout) {
        throw usage("the lockout has no keys");
      }
      return hierarchy.handle();
    }

    final <T> T authorised(Authorized<T> work) {
      return authorized(hierarchy, "--auth-file", authFile, work);
    }
  }

  /** Makes one to look at. */
  @Command(
      name = "create",
      description = {
        "Makes a storage key from a hierarchy's seed and shows it.",
        "It is not kept: the same command makes the same key, until the TPM is cleared."
      },
      footer = {"  tpm2-token primary create --hierarchy owner --ecc"})
  public static final class Create extends OfHierarchy {
    @Mixin private Algorithm algorithm = new Algorithm();

    @Override
    protected Report run() {
      algorithm.check();
      TpmHandle hierarchy = hierarchy();
      ParentTemplate template = algorithm.template(on(device -> device.call(Capabilities::probe)));
      return progress(
          "the TPM makes a key",
          () ->
              authorised(
                  (tpm, auth) ->
                      new Done(
                          "made",
                          KeyReport.of(hierarchy, tpm.createPrimary(hierarchy, template, auth)))));
    }
  }

  /** Makes one and keeps it. */
  @Command(
      name = "persist",
      description = "Makes a storage key from a hierarchy's seed and keeps it under a handle.",
      footer = {"  tpm2-token primary persist --handle 0x81000002 --rsa"})
  public static final class Persist extends OfHierarchy {
    @Mixin private Algorithm algorithm = new Algorithm();

    @Option(
        names = "--handle",
        required = true,
        paramLabel = "HANDLE",
        converter = HandleConverter.class,
        description = "Where to keep it: 0x81000000 to 0x817fffff are the owner's.")
    private TpmHandle handle = TpmHandle.NULL;

    @Override
    protected Report run() {
      algorithm.check();
      TpmHandle hierarchy = keeping(handle);
      ParentTemplate template = algorithm.template(on(device -> device.call(Capabilities::probe)));
      try {
        return progress(
            "the TPM makes a key",
            () ->
                authorised(
                    (tpm, auth) ->
                        new Done(
                            "kept",
                            KeyReport.of(
                                handle, tpm.keepPrimary(hierarchy, template, handle, auth)))));
      } catch (TpmResponseException e) {
        if (e.is(TpmRc.NV_DEFINED)) {
          throw new CommandException(
              ExitStatus.REFUSED, "there is a key at %s already".formatted(handle), e);
        }
        throw e;
      }
    }
  }

  /** Removes one. */
  @Command(
      name = "evict",
      description = "Removes a key that is kept in the TPM; what was wrapped under it stays shut.",
      footer = {"  tpm2-token primary evict --handle 0x81000002"})
  public static final class Evict extends OfHierarchy {
    @Mixin private Question question = new Question();

    @Option(
        names = "--handle",
        required = true,
        paramLabel = "HANDLE",
        converter = HandleConverter.class,
        description = "Where it is.")
    private TpmHandle handle = TpmHandle.NULL;

    @Override
    protected Report run() {
      TpmHandle hierarchy = keeping(handle);
      Administration.Held found =
          on(device -> device.call(tpm -> new Administration(tpm).persistent())).stream()
              .filter(held -> held.handle().equals(handle))
              .findFirst()
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitStatus.NOT_FOUND, "there is no key at %s".formatted(handle)));
      KeyReport key = KeyReport.of(found.handle(), found.publicArea());
      question.ask(
          surroundings(),
          "the %s at %s is going to be removed%s".formatted(key.use(), handle, dependents(found)));
      return authorised(
          (tpm, auth) -> {
            tpm.evict(hierarchy, handle, auth);
            return new Done("removed", key);
          });
    }

    /** The tokens of this store that are under the key; others' stores are not to be seen. */
    private String dependents(Administration.Held key) {
      Parent parent = new Parent(key.handle(), key.publicArea());
      List<String> labels =
          new Store(configuration().store().value(), new SecureRandom(), Log.NONE)
              .tokens().stream()
                  .map(TokenFolder::record)
                  .filter(token -> token.parent().parent().equals(parent))
                  .map(token -> Texts.shown(token.label()))
                  .toList();
      return labels.isEmpty()
          ? ""
          : ", and no key in %s can be used without it".formatted(String.join(", ", labels));
    }
  }
}
