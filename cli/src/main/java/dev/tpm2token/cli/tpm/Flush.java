package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.Question;
import dev.tpm2token.cli.Report;
import dev.tpm2token.tpm.Administration;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tpm2-token flush}: what programs have left in the TPM. */
@Command(
    name = "flush",
    description = {
      "Takes out of the TPM what programs left loaded.",
      "That is objects, and sessions. A program that still uses them loses them. Behind /dev/tpmrm0"
          + " there is nothing to see: the kernel looks after it."
    },
    footer = {"  tpm2-token flush"})
public final class Flush extends TpmVerb {
  @Mixin private Question question = new Question();

  /**
   * The handles of what is out.
   *
   * @param flushed the handles of what was thrown out
   */
  record Flushed(List<String> flushed) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.println(
          flushed.isEmpty() ? "there was nothing left" : "flushed " + String.join(" ", flushed));
    }
  }

  @Override
  protected Report run() {
    List<TpmHandle> left = on(device -> device.call(Flush::left));
    if (!left.isEmpty()) {
      question.ask(
          surroundings(),
          "%d objects and sessions of others are going to be lost (%s)"
              .formatted(left.size(), String.join(" ", names(left))));
      on(
          device ->
              device.call(
                  tpm -> {
                    left.forEach(new Administration(tpm)::flush);
                    return left.size();
                  }));
    }
    return new Flushed(names(left));
  }

  private static List<TpmHandle> left(dev.tpm2token.tpm.Tpm tpm) {
    Administration administration = new Administration(tpm);
    List<TpmHandle> left = new ArrayList<>(administration.leftSessions());
    administration.leftObjects().forEach(held -> left.add(held.handle()));
    return left;
  }

  private static List<String> names(List<TpmHandle> handles) {
    return handles.stream().map(TpmHandle::toString).toList();
  }
}
