package dev.tpm2token.tpm.transport;

import java.util.List;

/**
 * What a way to a TPM wants of the system beyond files and sockets: a library loaded at run time,
 * and a program started. A JVM and a native image do this differently.
 */
public interface NativeSystem {
  /**
   * Tss2_TctiLdr_Initialize of libtss2-tctildr.
   *
   * @param nameAndConfiguration as in {@code tabrmd:bus_type=session}
   * @return the TSS2_TCTI_CONTEXT
   * @throws dev.tpm2token.tpm.TpmTransportException if the library is not there, or has no such
   *     TCTI, or that cannot reach its TPM
   */
  long openTcti(String nameAndConfiguration);

  /** Tss2_Tcti_Transmit: a TSS2_RC, 0 for success. */
  int transmit(long context, byte[] command);

  /**
   * Tss2_Tcti_Receive.
   *
   * @param response receives the response
   * @param milliseconds how long to wait; -1 for ever, where a TCTI knows nothing better
   * @return how many bytes came; a negative number where none did
   */
  int receive(long context, byte[] response, int milliseconds);

  /** Tss2_TctiLdr_Finalize. */
  void closeTcti(long context);

  /**
   * Starts a program that outlives this process, in a session of its own, with nothing on its
   * standard streams.
   *
   * @throws dev.tpm2token.tpm.TpmTransportException if it cannot be started; the message names it
   */
  void launch(List<String> command);
}
