package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;

/** TPMA_OBJECT: Part 2, 8.3. */
public record ObjectAttributes(int value) implements TpmStructure {
  public static final int FIXED_TPM = 1 << 1;
  public static final int ST_CLEAR = 1 << 2;
  public static final int FIXED_PARENT = 1 << 4;
  public static final int SENSITIVE_DATA_ORIGIN = 1 << 5;
  public static final int USER_WITH_AUTH = 1 << 6;
  public static final int ADMIN_WITH_POLICY = 1 << 7;
  public static final int NO_DA = 1 << 10;
  public static final int ENCRYPTED_DUPLICATION = 1 << 11;
  public static final int RESTRICTED = 1 << 16;
  public static final int DECRYPT = 1 << 17;
  public static final int SIGN_ENCRYPT = 1 << 18;

  public static ObjectAttributes of(int... bits) {
    int value = 0;
    for (int bit : bits) {
      value |= bit;
    }
    return new ObjectAttributes(value);
  }

  /** Whether all of {@code bits} are set. */
  public boolean has(int bits) {
    return (value & bits) == bits;
  }

  public ObjectAttributes with(int bits) {
    return new ObjectAttributes(value | bits);
  }

  public ObjectAttributes without(int bits) {
    return new ObjectAttributes(value & ~bits);
  }

  @Override
  public void write(TpmWriter w) {
    w.u32(value);
  }

  public static ObjectAttributes read(TpmReader r) {
    return new ObjectAttributes(r.u32());
  }
}
