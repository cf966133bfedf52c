package dev.tpm2token.tpm.transport;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.TpmTransportException;
import java.time.Duration;
import java.util.Arrays;

/** Any TCTI that the TPM2 software stack has on this machine, through libtss2-tctildr. */
final class TctildrTransport implements Transport {
  private static final int HEADER = 10;

  /** As for a socket: a chip may look for an RSA key's primes for minutes. */
  private static final Duration ANSWER = Duration.ofMinutes(5);

  private final String tpm;
  private final NativeSystem system;
  private final long context;

  private TctildrTransport(String tpm, NativeSystem system, long context) {
    this.tpm = tpm;
    this.system = system;
    this.context = context;
  }

  static Transport open(String tpm, NativeSystem system) {
    return new TctildrTransport(tpm, system, system.openTcti(tpm));
  }

  @Override
  public byte[] transmit(byte[] command) {
    int rc = system.transmit(context, command);
    if (rc != 0) {
      throw new TpmTransportException("%s: the TCTI failed: 0x%X".formatted(tpm, rc));
    }
    byte[] response = new byte[MAX_RESPONSE];
    int size = receive(response);
    if (size < 0) {
      throw new TpmTransportException(tpm + ": the TCTI gave no answer");
    }
    if (size < HEADER) {
      throw new TpmProtocolException(tpm + ": a response of " + size + " bytes");
    }
    return Arrays.copyOf(response, size);
  }

  /** Not every TCTI knows time limits (TSS2_TCTI_RC_NOT_IMPLEMENTED): those are waited for. */
  private int receive(byte[] response) {
    int size = system.receive(context, response, (int) ANSWER.toMillis());
    return size == Integer.MIN_VALUE ? system.receive(context, response, -1) : size;
  }

  @Override
  public void close() {
    system.closeTcti(context);
  }
}
