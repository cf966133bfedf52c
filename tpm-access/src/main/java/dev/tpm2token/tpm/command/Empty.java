package dev.tpm2token.tpm.command;

/** The response of a command that returns nothing. */
public record Empty() {
  public static final Empty RESPONSE = new Empty();
}
