package dev.tpm2token.tpm.transport;

import dev.tpm2token.tpm.TpmProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** swtpm's data channel: commands and responses as they are, on a TCP or unix socket. */
final class SwtpmTransport implements Transport {
  /** A chip may take minutes to find an RSA key. */
  static final Duration ANSWER = Duration.ofMinutes(5);

  private static final int HEADER = 10;

  private final String tpm;
  private final Connection connection;
  private Duration limit;

  private SwtpmTransport(String tpm, Connection connection, Duration patience) {
    this.tpm = tpm;
    this.connection = connection;
    this.limit = patience;
  }

  static Transport open(String tpm, Connection connection, Duration patience) {
    return new SwtpmTransport(tpm, connection, patience);
  }

  /**
   * As for every transport. swtpm serves one connection and lets the others wait, which shows only
   * in the first answer: that is waited for as long as patience lasts.
   */
  @Override
  public byte[] transmit(byte[] command) {
    connection.write(command, limit);
    byte[] header = connection.read(HEADER, limit);
    limit = ANSWER;
    int size = ByteBuffer.wrap(header).getInt(2);
    if (size < HEADER || size > MAX_RESPONSE) {
      throw new TpmProtocolException(
          tpm + ": a response of " + Integer.toUnsignedString(size) + " bytes");
    }
    byte[] rest = connection.read(size - HEADER, limit);
    return ByteBuffer.allocate(size).put(header).put(rest).array();
  }

  @Override
  public void close() {
    connection.close();
  }
}
