package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/**
 * TPMS_TIME_INFO: Part 2, 10.11.
 *
 * @param time milliseconds since the TPM was last powered
 * @param clock milliseconds the TPM has been powered in all
 * @param resetCount how often the TPM was reset since it was last cleared
 * @param safe 1 where {@code clock} was never higher
 */
public record TpmsTimeInfo(long time, long clock, int resetCount, int restartCount, int safe)
    implements TpmStructure {
  @Override
  public void write(TpmWriter w) {
    w.u64(time).u64(clock).u32(resetCount).u32(restartCount).u8(safe);
  }

  public static TpmsTimeInfo read(TpmReader r) {
    return new TpmsTimeInfo(r.u64(), r.u64(), r.u32(), r.u32(), r.u8());
  }
}
