package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.PCR_Read;
import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import dev.tpm2token.tpm.structure.TpmsPcrSelection;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;
import java.util.Set;

/** Platform configuration registers: what the machine was started with (Part 1, 17). */
public final class Pcrs {
  private Pcrs() {}

  /**
   * The hash of the values that PCR have now, as TPM2_PolicyPCR makes it (Part 3, 23.7).
   *
   * @throws IllegalArgumentException where the TPM has no such PCR
   */
  public static byte[] digest(Tpm tpm, TpmlPcrSelection pcrs, TpmAlgId hash) {
    try (TpmWriter values = new TpmWriter()) {
      for (TpmsPcrSelection bank : pcrs.pcrSelections()) {
        bank.pcrs().stream()
            .sorted()
            .forEach(
                pcr -> values.bytes(value(tpm, new TpmsPcrSelection(bank.hash(), Set.of(pcr)))));
      }
      return Hash.of(hash, values.toByteArray());
    }
  }

  private static byte[] value(Tpm tpm, TpmsPcrSelection one) {
    TpmlPcrSelection selection = new TpmlPcrSelection(List.of(one));
    List<byte[]> values = List.of();
    try {
      values = tpm.execute(new PCR_Read(selection)).pcrValues();
    } catch (TpmResponseException e) {
      if (!e.is(TpmRc.HASH)) {
        throw e;
      }
    }
    if (values.size() != 1) {
      throw new IllegalArgumentException("this TPM has no PCR " + selection);
    }
    return values.getFirst();
  }
}
