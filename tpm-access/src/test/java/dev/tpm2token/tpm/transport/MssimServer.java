package dev.tpm2token.tpm.transport;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The reference simulator's two ports in front of another TPM. */
final class MssimServer implements AutoCloseable {
  private final Tcti below;
  private final ServerSocket command;
  private final ServerSocket platform;

  /** The signals that came, in order. */
  final List<Integer> signals = new CopyOnWriteArrayList<>();

  MssimServer(Tcti below) throws IOException {
    this.below = below;
    ServerSocket first;
    ServerSocket second = new ServerSocket();
    while (true) {
      first = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
      try {
        second.bind(new InetSocketAddress(first.getInetAddress(), first.getLocalPort() + 1));
        break;
      } catch (IOException e) {
        first.close();
      }
    }
    command = first;
    platform = second;
    serve(command);
    serve(platform);
  }

  Tcti tcti() {
    return Tcti.parse("mssim:host=127.0.0.1,port=" + command.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    command.close();
    platform.close();
  }

  private void serve(ServerSocket server) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  try (Socket socket = server.accept();
                      DataInputStream in = new DataInputStream(socket.getInputStream());
                      DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
                    session(in, out);
                  }
                }
              } catch (IOException e) {
                // closed: the end
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void session(DataInputStream in, DataOutputStream out) throws IOException {
    try (Transport tpm = below.open()) {
      for (int signal = in.readInt(); ; signal = in.readInt()) {
        signals.add(signal);
        switch (signal) {
          case 1, 11 -> out.writeInt(0);
          case 8 -> {
            int locality = in.readByte();
            byte[] response = tpm.transmit(in.readNBytes(in.readInt()));
            ByteBuffer answer = ByteBuffer.allocate(response.length + 8);
            out.write(answer.putInt(response.length).put(response).putInt(locality).array());
          }
          default -> {
            return; // 20, the end of the session
          }
        }
      }
    }
  }
}
