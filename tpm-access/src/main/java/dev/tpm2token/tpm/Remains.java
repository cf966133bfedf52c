package dev.tpm2token.tpm;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsContext;
import java.util.List;

/**
 * What a lease leaves behind when the way to the TPM breaks. The TPM may not have noticed: then
 * ours is still in it.
 *
 * @param ours objects and sessions
 * @param others contexts of other programs' objects and sessions that were moved aside
 * @param since when the first of it can have been made, by {@link System#nanoTime}
 */
record Remains(List<TpmHandle> ours, List<TpmsContext> others, long since) {}
