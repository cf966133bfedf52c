package dev.tpm2token.tpm.transport;

import java.time.Duration;

/** Where transports to one TPM come from. */
public interface TransportSource {
  /**
   * Opens one.
   *
   * @param patience how long to wait while another has the TPM
   * @throws dev.tpm2token.tpm.TpmTransportException if there is none; the message says what to do
   */
  Transport open(Duration patience);

  /** Whether nobody else reaches the TPM while a transport is open. */
  boolean exclusive();
}
