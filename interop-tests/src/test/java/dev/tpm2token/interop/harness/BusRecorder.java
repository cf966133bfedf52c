package dev.tpm2token.interop.harness;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A wiretap: stands on two ports in front of swtpm's and passes everything on, keeping each TPM
 * command with its response. swtpm's control channel passes unrecorded.
 */
public final class BusRecorder implements AutoCloseable {
  private static final int HEADER = 10;

  /** One command and what the TPM answered. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  public record Exchange(byte[] command, byte[] response) {
    /** The command's TPM_CC. */
    public int code() {
      return ByteBuffer.wrap(command).getInt(6);
    }

    @Override
    public String toString() {
      int rc = ByteBuffer.wrap(response).getInt(6);
      return "%s → 0x%x".formatted(TpmCommands.name(code()), rc);
    }
  }

  private final ServerSocket data;
  private final ServerSocket control;
  private final int target;
  private final List<Exchange> exchanges = new ArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private BusRecorder(ServerSocket data, ServerSocket control, int target) {
    this.data = data;
    this.control = control;
    this.target = target;
  }

  static BusRecorder before(int target) {
    while (true) {
      int port = Ports.freePair();
      try {
        BusRecorder recorder = new BusRecorder(Ports.bind(port), Ports.bind(port + 1), target);
        recorder.listen(recorder.data, recorder::serveData);
        recorder.listen(recorder.control, recorder::serveControl);
        return recorder;
      } catch (IOException taken) {
        // Somebody was faster: another pair.
      }
    }
  }

  int port() {
    return data.getLocalPort();
  }

  /** Forgets what was heard so far. */
  public void restart() {
    synchronized (exchanges) {
      exchanges.clear();
    }
  }

  /** What was heard since the last {@link #restart()}, in order. */
  public List<Exchange> heard() {
    synchronized (exchanges) {
      return List.copyOf(exchanges);
    }
  }

  private interface Server {
    void serve(Socket client) throws IOException;
  }

  private void listen(ServerSocket socket, Server server) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (!socket.isClosed()) {
                try {
                  Socket client = socket.accept();
                  sockets.add(client);
                  Thread.ofPlatform().daemon().start(() -> serve(client, server));
                } catch (IOException closed) {
                  return;
                }
              }
            });
  }

  private void serve(Socket client, Server server) {
    try (client) {
      server.serve(client);
    } catch (IOException hungUp) {
      // One side went away, and the other is told so by the close.
    } finally {
      sockets.remove(client);
    }
  }

  private void serveData(Socket client) throws IOException {
    try (Socket tpm = new Socket(InetAddress.getLoopbackAddress(), target)) {
      client.setTcpNoDelay(true);
      tpm.setTcpNoDelay(true);
      sockets.add(tpm);
      DataInputStream commands = new DataInputStream(client.getInputStream());
      DataInputStream responses = new DataInputStream(tpm.getInputStream());
      while (true) {
        byte[] command = readMessage(commands);
        tpm.getOutputStream().write(command);
        byte[] response = readMessage(responses);
        synchronized (exchanges) {
          exchanges.add(new Exchange(command, response));
        }
        client.getOutputStream().write(response);
      }
    }
  }

  /** Commands and responses begin alike: a tag of 2 bytes, the whole size in 4, a code in 4. */
  private static byte[] readMessage(DataInputStream in) throws IOException {
    byte[] header = new byte[HEADER];
    in.readFully(header);
    int size = ByteBuffer.wrap(header).getInt(2);
    if (size < HEADER || size > 1 << 20) {
      throw new IOException("this is no TPM message: " + size + " bytes");
    }
    byte[] message = new byte[size];
    System.arraycopy(header, 0, message, 0, HEADER);
    in.readFully(message, HEADER, size - HEADER);
    return message;
  }

  private void serveControl(Socket client) throws IOException {
    try (Socket tpm = new Socket(InetAddress.getLoopbackAddress(), target + 1)) {
      sockets.add(tpm);
      Thread.ofPlatform().daemon().start(() -> pump(client, tpm));
      pump(tpm, client);
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
      to.shutdownOutput();
    } catch (IOException hungUp) {
      // As above.
    }
  }

  @Override
  public void close() {
    try {
      data.close();
      control.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
