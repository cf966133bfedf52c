package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.Set;
import java.util.TreeSet;

/**
 * TPMS_PCR_SELECTION (Part 2, 10.6.2): some PCR of one bank.
 *
 * @param hash the bank's
 * @param pcrs their numbers, from 0 on
 */
public record TpmsPcrSelection(TpmAlgId hash, Set<Integer> pcrs) implements TpmStructure {
  /** PCR_SELECT_MIN of every platform that has PCR at all: 24 of them. */
  private static final int LEAST_OCTETS = 3;

  private static final int MOST_OCTETS = 4; // PCR_SELECT_MAX is 3 or 4

  public TpmsPcrSelection {
    pcrs = Set.copyOf(pcrs);
  }

  @Override
  public void write(TpmWriter w) {
    int last = pcrs.stream().mapToInt(Integer::intValue).max().orElse(0);
    byte[] bits = new byte[Math.max(LEAST_OCTETS, last / 8 + 1)];
    pcrs.forEach(pcr -> bits[pcr / 8] |= (byte) (1 << pcr % 8));
    hash.write(w);
    w.u8(bits.length).bytes(bits);
  }

  public static TpmsPcrSelection read(TpmReader r) {
    TpmAlgId hash = TpmAlgId.read(r);
    byte[] bits = r.bytes(r.u8());
    if (bits.length > MOST_OCTETS) {
      throw new TpmProtocolException("a selection of %d PCR".formatted(8 * bits.length));
    }
    Set<Integer> pcrs = new TreeSet<>();
    for (int pcr = 0; pcr < 8 * bits.length; pcr++) {
      if ((bits[pcr / 8] & 1 << pcr % 8) != 0) {
        pcrs.add(pcr);
      }
    }
    return new TpmsPcrSelection(hash, pcrs);
  }
}
