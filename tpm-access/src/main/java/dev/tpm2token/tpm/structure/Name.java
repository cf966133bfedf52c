package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What an entity is known by in an HMAC: Part 1, 16. An object's is nameAlg and a hash of its
 * public area.
 */
public final class Name {
  /** The Name of a sequence object, which has no public area. */
  public static final Name NONE = new Name(new byte[0]);

  private final byte[] value;

  public Name(byte[] value) {
    this.value = value.clone();
  }

  /** The Name of what has no public area: its handle. */
  public static Name of(TpmHandle handle) {
    return new Name(handle.marshal());
  }

  public byte[] value() {
    return value.clone();
  }

  /** As an element of a cpHash: without a length. */
  public void write(TpmWriter w) {
    w.bytes(value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Name name && Arrays.equals(value, name.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(value);
  }
}
