package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/** TPMT_TK_CREATION, TPMT_TK_VERIFIED, TPMT_TK_HASHCHECK: Part 2, 10.7.3, 10.7.4, 10.7.6. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TpmtTicket(int tag, TpmHandle hierarchy, byte[] digest) implements TpmStructure {
  /** Says to Sign that nothing vouches for the digest: good enough for an unrestricted key. */
  public static final TpmtTicket NULL_HASHCHECK =
      new TpmtTicket(0x8024, TpmHandle.NULL, new byte[0]);

  @Override
  public void write(TpmWriter w) {
    w.u16(tag);
    hierarchy.write(w);
    w.tpm2b(digest);
  }

  public static TpmtTicket read(TpmReader r) {
    return new TpmtTicket(r.u16(), TpmHandle.read(r), r.tpm2b());
  }
}
