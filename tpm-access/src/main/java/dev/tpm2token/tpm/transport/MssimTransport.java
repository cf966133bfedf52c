package dev.tpm2token.tpm.transport;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.TpmTransportException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The reference simulator's protocol (TpmTcpProtocol.h of Microsoft's ms-tpm-20-ref): a platform
 * port for its power, and a command port.
 */
final class MssimTransport implements Transport {
  private static final int SIGNAL_POWER_ON = 1;
  private static final int SEND_COMMAND = 8;
  private static final int SIGNAL_NV_ON = 11;
  private static final int SESSION_END = 20;
  private static final int HEADER = 10;

  private final String tpm;
  private final Connection connection;
  private final AnswerLimit limit;

  private MssimTransport(String tpm, Connection connection, Duration patience) {
    this.tpm = tpm;
    this.connection = connection;
    this.limit = new AnswerLimit(patience);
  }

  /** Switches the simulator on, which does nothing where it is on, then connects to its TPM. */
  static Transport open(
      String tpm, Connection platform, Supplier<Connection> command, Duration patience) {
    try (platform) {
      for (int signal : new int[] {SIGNAL_POWER_ON, SIGNAL_NV_ON}) {
        platform.write(u32(signal), patience);
        acknowledged(tpm, platform, patience);
      }
      platform.write(u32(SESSION_END), patience);
    }
    return new MssimTransport(tpm, command.get(), patience);
  }

  @Override
  public byte[] transmit(byte[] command) {
    ByteBuffer request = ByteBuffer.allocate(9 + command.length);
    request.putInt(SEND_COMMAND).put((byte) 0).putInt(command.length).put(command); // locality 0
    Duration wait = limit.of(command);
    connection.write(request.array(), wait);
    int size = ByteBuffer.wrap(connection.read(4, wait)).getInt();
    limit.answered();
    if (size < HEADER || size > MAX_RESPONSE) {
      throw new TpmProtocolException(
          tpm + ": a response of " + Integer.toUnsignedString(size) + " bytes");
    }
    byte[] response = connection.read(size, wait);
    acknowledged(tpm, connection, wait);
    return response;
  }

  @Override
  public void close() {
    try (connection) {
      connection.write(u32(SESSION_END), Duration.ofSeconds(1));
    } catch (TpmTransportException e) {
      // It is gone already.
    }
  }

  private static void acknowledged(String tpm, Connection connection, Duration limit) {
    if (ByteBuffer.wrap(connection.read(4, limit)).getInt() != 0) {
      throw new TpmTransportException(tpm + ": the simulator refused a signal");
    }
  }

  private static byte[] u32(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }
}
