package dev.tpm2token.cli;

/** A record that is printed as JSON; {@link ReflectedParts} puts it into the image. */
public interface Part {}
