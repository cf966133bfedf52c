package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/**
 * TPMS_ATTEST (Part 2, 10.12.12) of TPM2_Certify: what the TPM says of an object and signs.
 *
 * @param qualifiedSigner the qualified Name of the key that signs
 * @param extraData what whoever asked has put in, so that an old answer is found out
 * @param clock milliseconds that the TPM has been up in its life, as far as it knows
 * @param resetCount how often the TPM was reset
 * @param restartCount how often it was suspended since
 * @param safe whether no later value of clock was given out before
 * @param firmwareVersion the maker's own number; of keys outside of the endorsement hierarchy, not
 *     to be read
 * @param name the object's Name
 * @param qualifiedName the object's Name together with those above it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TpmsAttest(
    byte[] qualifiedSigner,
    byte[] extraData,
    long clock,
    int resetCount,
    int restartCount,
    int safe,
    long firmwareVersion,
    byte[] name,
    byte[] qualifiedName)
    implements TpmStructure {
  /** TPM_GENERATED_VALUE: a restricted key signs nothing from outside that begins like this. */
  private static final int GENERATED = 0xFF54_4347;

  /** TPM_ST_ATTEST_CERTIFY. */
  private static final int CERTIFY = 0x8017;

  @Override
  public void write(TpmWriter w) {
    w.u32(GENERATED).u16(CERTIFY).tpm2b(qualifiedSigner).tpm2b(extraData);
    w.u64(clock).u32(resetCount).u32(restartCount).u8(safe).u64(firmwareVersion);
    w.tpm2b(name).tpm2b(qualifiedName);
  }

  public static TpmsAttest read(TpmReader r) {
    if (r.u32() != GENERATED) {
      throw new TpmProtocolException("that was not made by a TPM");
    }
    if (r.u16() != CERTIFY) {
      throw new TpmProtocolException("that is about something else than an object");
    }
    return new TpmsAttest(
        r.tpm2b(), r.tpm2b(), r.u64(), r.u32(), r.u32(), r.u8(), r.u64(), r.tpm2b(), r.tpm2b());
  }
}
