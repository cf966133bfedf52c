package dev.tpm2token.config;

/**
 * A value, and where it was said.
 *
 * @param value the value
 * @param source the variable or the file; "default" where nobody said anything
 */
public record Setting<T>(T value, String source) {}
