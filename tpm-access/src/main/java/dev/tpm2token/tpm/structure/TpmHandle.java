package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/** TPM_HANDLE: Part 2, 7. Its first byte says what it is. */
public record TpmHandle(int value) implements TpmStructure {
  public static final TpmHandle OWNER = new TpmHandle(0x4000_0001);
  public static final TpmHandle NULL = new TpmHandle(0x4000_0007);

  /** TPM_RS_PW: stands for a password in the place of a session. */
  public static final TpmHandle PASSWORD = new TpmHandle(0x4000_0009);

  public static final TpmHandle LOCKOUT = new TpmHandle(0x4000_000A);
  public static final TpmHandle ENDORSEMENT = new TpmHandle(0x4000_000B);
  public static final TpmHandle PLATFORM = new TpmHandle(0x4000_000C);

  /** Where the storage root key is kept: TCG TPM v2.0 Provisioning Guidance, 7.8. */
  public static final TpmHandle STORAGE_ROOT_KEY = new TpmHandle(0x8100_0001);

  public boolean isTransient() {
    return value >>> 24 == 0x80;
  }

  public boolean isPersistent() {
    return value >>> 24 == 0x81;
  }

  /** An object's or NV index's Name is of its public area; every other handle is its own Name. */
  public boolean isOwnName() {
    int type = value >>> 24;
    return type != 0x80 && type != 0x81 && type != 0x01;
  }

  public boolean isPermanent() {
    return value >>> 24 == 0x40;
  }

  @Override
  public void write(TpmWriter w) {
    w.u32(value);
  }

  public static TpmHandle read(TpmReader r) {
    return new TpmHandle(r.u32());
  }

  @Override
  public String toString() {
    return "0x%08X".formatted(value);
  }
}
