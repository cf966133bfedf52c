package dev.tpm2token.tpm.transport;

import dev.tpm2token.tpm.TpmProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** swtpm's data channel: commands and responses as they are, on a TCP or unix socket. */
final class SwtpmTransport implements Transport {
  private static final int HEADER = 10;

  private final String tpm;
  private final Connection connection;
  private final AnswerLimit limit;

  private SwtpmTransport(String tpm, Connection connection, Duration patience) {
    this.tpm = tpm;
    this.connection = connection;
    this.limit = new AnswerLimit(patience);
  }

  static Transport open(String tpm, Connection connection, Duration patience) {
    return new SwtpmTransport(tpm, connection, patience);
  }

  @Override
  public byte[] transmit(byte[] command) {
    Duration wait = limit.of(command);
    connection.write(command, wait);
    byte[] header = connection.read(HEADER, wait);
    limit.answered();
    int size = ByteBuffer.wrap(header).getInt(2);
    if (size < HEADER || size > MAX_RESPONSE) {
      throw new TpmProtocolException(
          tpm + ": a response of " + Integer.toUnsignedString(size) + " bytes");
    }
    byte[] rest = connection.read(size - HEADER, wait);
    return ByteBuffer.allocate(size).put(header).put(rest).array();
  }

  @Override
  public void close() {
    connection.close();
  }
}
