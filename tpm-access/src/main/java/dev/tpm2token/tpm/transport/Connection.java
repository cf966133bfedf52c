package dev.tpm2token.tpm.transport;

import dev.tpm2token.tpm.TpmTransportException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.time.Duration;

/** A stream socket on which no wait is without a limit. */
final class Connection implements AutoCloseable {
  private static final Duration REFUSED = Duration.ofSeconds(2); // a TPM that is just being started

  private static final String NOBODY =
      "nothing listens there. A software TPM is started by: swtpm socket --tpm2 --tpmstate dir=DIR"
          + " --server type=tcp,port=2321 --ctrl type=tcp,port=2322 --flags"
          + " not-need-init,startup-clear";

  private final String tpm;
  private final SocketChannel channel;
  private final Selector selector;

  private Connection(String tpm, SocketChannel channel, Selector selector) {
    this.tpm = tpm;
    this.channel = channel;
    this.selector = selector;
  }

  /** Connects, again and again while nobody listens or too many wait, as long as patience lasts. */
  static Connection open(
      String tpm, ProtocolFamily family, SocketAddress address, Duration patience) {
    if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
      throw new TpmTransportException(tpm + ": the host " + inet.getHostString() + " is unknown");
    }
    long start = System.nanoTime();
    Duration refused = patience.compareTo(REFUSED) < 0 ? patience : REFUSED;
    while (true) {
      try {
        return connect(tpm, family, address, patience);
      } catch (IOException e) {
        long waited = System.nanoTime() - start;
        if (nobodyListens(e, address) && waited > refused.toNanos()) {
          throw new TpmTransportException(tpm + ": " + NOBODY, e);
        }
        if (waited > patience.toNanos()) {
          throw new TpmTransportException(tpm + ": cannot connect: " + e.getMessage(), e);
        }
        pause(tpm);
      }
    }
  }

  private static boolean nobodyListens(IOException e, SocketAddress address) {
    return e instanceof ConnectException
        || (address instanceof UnixDomainSocketAddress unix && Files.notExists(unix.getPath()));
  }

  private static Connection connect(
      String tpm, ProtocolFamily family, SocketAddress address, Duration patience)
      throws IOException {
    SocketChannel channel = SocketChannel.open(family);
    Selector selector = null;
    try {
      selector = Selector.open();
      channel.configureBlocking(false);
      if (family != StandardProtocolFamily.UNIX) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      Connection connection = new Connection(tpm, channel, selector);
      SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
      if (!channel.connect(address)) {
        selector.select(Math.max(1, patience.toMillis()));
        if (!channel.finishConnect()) {
          throw new IOException("others wait for it too");
        }
      }
      key.interestOps(0);
      return connection;
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (selector != null) {
        selector.close();
      }
      throw e;
    }
  }

  void write(byte[] data, Duration limit) {
    ByteBuffer buffer = ByteBuffer.wrap(data);
    try {
      while (buffer.hasRemaining()) {
        if (channel.write(buffer) == 0) {
          await(SelectionKey.OP_WRITE, limit);
        }
      }
    } catch (IOException e) {
      throw cut(e);
    }
  }

  /** Reads exactly so many bytes; each piece may take as long as {@code limit}. */
  byte[] read(int count, Duration limit) {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    try {
      while (buffer.hasRemaining()) {
        int read = channel.read(buffer);
        if (read < 0) {
          throw new TpmTransportException(tpm + ": the connection was closed from the other side");
        }
        if (read == 0) {
          await(SelectionKey.OP_READ, limit);
        }
      }
      return buffer.array();
    } catch (IOException e) {
      throw cut(e);
    }
  }

  private void await(int operation, Duration limit) throws IOException {
    SelectionKey key = channel.keyFor(selector);
    key.interestOps(operation);
    int ready = selector.select(Math.max(1, limit.toMillis()));
    selector.selectedKeys().clear();
    if (ready == 0) {
      String why =
          Thread.currentThread().isInterrupted()
              ? "interrupted"
              : "no answer in " + limit.toSeconds() + " s";
      throw new TpmTransportException(tpm + ": " + why + "; another program may hold this TPM");
    }
  }

  private TpmTransportException cut(IOException e) {
    return new TpmTransportException(tpm + ": the connection broke: " + e.getMessage(), e);
  }

  /** Ends the connection itself, not only our descriptor: a forked child may have another of it. */
  @Override
  public void close() {
    try (selector;
        channel) {
      channel.shutdownOutput();
      channel.shutdownInput();
    } catch (IOException e) {
      // It is gone already.
    }
  }

  /** Between two tries to reach a TPM that is not there yet, or that another has. */
  static void pause(String tpm) {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TpmTransportException(tpm + ": interrupted while waiting for it", e);
    }
  }
}
