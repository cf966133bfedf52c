package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/** Loopback ports below the ephemeral range, and waiting for somebody to listen on them. */
public final class Ports {
  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_000;

  private Ports() {}

  /**
   * A port P where P and P+1 were both free just now. Who binds them may still be beaten to it, and
   * then asks again.
   */
  public static int freePair() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST / 2, HIGHEST / 2) * 2;
      try (ServerSocket first = bind(port);
          ServerSocket second = bind(port + 1)) {
        return Math.min(first.getLocalPort(), second.getLocalPort());
      } catch (IOException taken) {
        // Somebody was faster: another pair.
      }
    }
  }

  static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Whether somebody accepts connections on this port before the time is up. */
  static boolean answers(int port, Duration limit, BooleanSupplier stillHope) {
    return eventually(
        limit,
        () -> {
          try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
          } catch (IOException refused) {
            return false;
          }
        },
        stillHope);
  }

  /** Polls until the condition holds (true), or the time is up or there is no hope (false). */
  public static boolean eventually(
      Duration limit, BooleanSupplier condition, BooleanSupplier stillHope) {
    Instant end = Instant.now().plus(limit);
    while (stillHope.getAsBoolean() && Instant.now().isBefore(end)) {
      if (condition.getAsBoolean()) {
        return true;
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }
}
