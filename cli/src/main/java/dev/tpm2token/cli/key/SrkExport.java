package dev.tpm2token.cli.key;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HandleConverter;
import dev.tpm2token.cli.NewFile;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.tpm.TpmVerb;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token srk export}: what others want for wrapping a key for this TPM. */
@Command(
    name = "export",
    description = {
      "Writes the public half of this TPM's storage key.",
      "Another machine wraps keys for this one with it: key wrap --for. It is no secret, but who"
          + " exchanges it on the way reads what is wrapped: carry over the Name that is printed by"
          + " another way, and give it to key wrap --name."
    },
    footer = {"  tpm2-token srk export laptop-srk.pub"})
public final class SrkExport extends TpmVerb {
  @Parameters(
      arity = "0..1",
      paramLabel = "NEW",
      description = "The file to write; without it, PEM is printed.")
  private @Nullable Path file;

  @Option(
      names = "--tss",
      description = "TPM2B_PUBLIC instead of PEM, for a storage key that is not of TCG's template.")
  private boolean tss;

  @Option(
      names = "--handle",
      paramLabel = "HANDLE",
      converter = HandleConverter.class,
      description = "Where the storage key is; what the configuration says without this.")
  private @Nullable TpmHandle handle;

  /**
   * The storage key.
   *
   * @param file its name; empty where it is printed
   * @param handle where the key is
   * @param name the TPM's Name of it, in hex
   * @param pem its text, where it is printed; else empty
   */
  record Exported(String file, String handle, String name, String pem) implements Report {
    @Override
    public void print(PrintWriter out) {
      if (pem.isEmpty()) {
        out.printf("wrote %s: the storage key %s, Name %s%n", file, handle, name);
      } else {
        out.print(pem);
      }
    }
  }

  @Override
  protected Report run() {
    TpmHandle where = handle != null ? handle : new TpmHandle(settings().parentHandle());
    TpmtPublic area = read(where).publicArea();
    String name = StorageKeyFile.name(area);
    if (!tss && !StorageKeyFile.isOfTemplate(area)) {
      throw new CommandException(
          ExitStatus.FAILED,
          "the storage key at %s is not of TCG's template, so PEM does not say enough: give --tss"
              .formatted(where));
    }
    if (file == null) {
      if (tss) {
        throw usage("--tss wants a file to write");
      }
      surroundings().err().printf("the storage key %s, Name %s%n", where, name);
      return new Exported("", where.toString(), name, StorageKeyFile.pem(area));
    }
    NewFile.writePublic(
        file,
        tss
            ? StorageKeyFile.sized(area)
            : StorageKeyFile.pem(area).getBytes(StandardCharsets.US_ASCII));
    return new Exported(file.toString(), where.toString(), name, "");
  }

  private Parent read(TpmHandle where) {
    return explained(
        where, () -> on(device -> device.call(tpm -> tpm.checked(tpm.readParent(where)))));
  }

  /** Does what wants the storage key of a handle, and says where there is none. */
  static <T> T explained(TpmHandle where, Supplier<T> work) {
    try {
      return work.get();
    } catch (TpmResponseException e) {
      throw e.is(TpmRc.HANDLE)
          ? new CommandException(
              ExitStatus.NOT_FOUND,
              "there is no storage key at %s yet: tpm2-token provision makes it".formatted(where),
              e)
          : e;
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    }
  }
}
