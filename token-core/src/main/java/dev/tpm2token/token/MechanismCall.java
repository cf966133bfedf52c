package dev.tpm2token.token;

/**
 * CK_MECHANISM as a client gives it, out of C memory.
 *
 * @param type CK_MECHANISM_TYPE
 * @param parameter its bytes; empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
public record MechanismCall(long type, byte[] parameter) {}
