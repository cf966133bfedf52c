package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Report;
import dev.tpm2token.tpm.command.GetTestResult;
import dev.tpm2token.tpm.command.SelfTest;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code tpm2-token selftest}. */
@Command(
    name = "selftest",
    description = "Has the TPM test all of itself.",
    footer = {"  tpm2-token selftest"})
public final class SelfTestVerb extends TpmVerb {
  /**
   * The outcome.
   *
   * @param passed whether the TPM found nothing wrong
   * @param result TPM_RC as hex: 0x0 where all is well
   */
  record Tested(boolean passed, String result) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.println(passed ? "the TPM has passed its tests" : "the TPM failed its tests: " + result);
    }

    @Override
    public ExitStatus status() {
      return passed ? ExitStatus.DONE : ExitStatus.TPM;
    }
  }

  @Override
  protected Report run() {
    GetTestResult.Response result =
        progress(
            "the TPM tests itself",
            () ->
                on(
                    device ->
                        device.call(
                            tpm -> {
                              tpm.execute(new SelfTest(true));
                              return tpm.execute(new GetTestResult());
                            })));
    return new Tested(result.testResult() == 0, "0x" + Integer.toHexString(result.testResult()));
  }
}
