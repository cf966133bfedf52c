package dev.tpm2token.token;

import dev.tpm2token.token.mechanism.Parameter;

/**
 * CK_MECHANISM as a client gives it, out of C memory.
 *
 * @param type CK_MECHANISM_TYPE
 * @param parameter what it points to
 */
public record MechanismCall(long type, Parameter parameter) {
  /** A mechanism without a parameter. */
  public static MechanismCall of(long type) {
    return new MechanismCall(type, Parameter.NONE);
  }
}
