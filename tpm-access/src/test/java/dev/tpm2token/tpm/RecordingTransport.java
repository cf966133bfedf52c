package dev.tpm2token.tpm;

import dev.tpm2token.tpm.transport.Transport;
import dev.tpm2token.tpm.transport.TransportSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/** A layer that keeps what goes over the bus, and may change what comes back. */
public final class RecordingTransport implements TransportSource {
  private final TransportSource below;
  public final List<byte[]> commands = new ArrayList<>();
  public final List<byte[]> responses = new ArrayList<>();
  public UnaryOperator<byte[]> tamper = response -> response;
  public int opened;

  public RecordingTransport(TransportSource below) {
    this.below = below;
  }

  /** The command codes so far. */
  public List<Integer> codes() {
    return commands.stream().map(command -> ByteBuffer.wrap(command).getInt(6)).toList();
  }

  public boolean saw(byte[] secret) {
    HexFormat hex = HexFormat.of();
    String wanted = hex.formatHex(secret);
    return commands.stream().anyMatch(c -> hex.formatHex(c).contains(wanted))
        || responses.stream().anyMatch(r -> hex.formatHex(r).contains(wanted));
  }

  public void clear() {
    commands.clear();
    responses.clear();
  }

  @Override
  public boolean exclusive() {
    return below.exclusive();
  }

  @Override
  public Transport open(Duration patience) {
    Transport transport = below.open(patience);
    opened++;
    return new Transport() {
      @Override
      public byte[] transmit(byte[] command) {
        commands.add(command.clone());
        byte[] response = transport.transmit(command);
        responses.add(response.clone());
        return tamper.apply(response);
      }

      @Override
      public void close() {
        transport.close();
      }
    };
  }
}
