package dev.tpm2token.tpm.wire;

/**
 * A type of the Library that has a wire form; its class also has a {@code static read(TpmReader)}.
 */
@FunctionalInterface
public interface TpmStructure {
  void write(TpmWriter w);

  /** The wire form, on its own. */
  default byte[] marshal() {
    try (TpmWriter w = new TpmWriter()) {
      write(w);
      return w.toByteArray();
    }
  }
}
