package dev.tpm2token.tpm.transport;

/**
 * A way to a TPM. Not for several threads at a time. Logging, recording and replaying are layers of
 * it.
 */
public interface Transport extends AutoCloseable {
  /** No response is longer: bytes. */
  int MAX_RESPONSE = 0x1_0000;

  /**
   * Sends a command, and waits for its response.
   *
   * @throws dev.tpm2token.tpm.TpmTransportException if the TPM is cut off or does not answer
   */
  byte[] transmit(byte[] command);

  @Override
  void close();
}
