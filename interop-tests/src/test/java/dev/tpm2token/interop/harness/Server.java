package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A server of somebody else's that a lab runs on loopback, and ends. */
public final class Server {
  private static final int ATTEMPTS = 5;

  private Server() {}

  /**
   * Starts one by a command line that listens on {@code $PORT}; {@code $PORT} is from then on known
   * to all commands. What it writes is in {@code server.log}.
   */
  public static void start(Lab lab, String commandLine) {
    try {
      for (int i = 0; i < ATTEMPTS; i++) {
        int port = Ports.freePair();
        lab.env().put("PORT", String.valueOf(port));
        Process process =
            lab.builder("bash", "-c", commandLine)
                .redirectErrorStream(true)
                .redirectOutput(log(lab).toFile())
                .start();
        if (Ports.answers(port, Duration.ofSeconds(30), process::isAlive) && process.isAlive()) {
          lab.atEnd(() -> end(process));
          return;
        }
        end(process);
      }
      throw new AssertionError(
          "it does not start: " + commandLine + "\n" + Files.readString(log(lab)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has {@code $PORT} name a port that is free, for a command that starts a server itself. */
  public static void choosePort(Lab lab) {
    lab.env().put("PORT", String.valueOf(Ports.freePair()));
  }

  private static Path log(Lab lab) {
    return lab.dir().resolve("server.log");
  }

  /** Ends a server's processes: those it forked first. */
  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process
        .onExit()
        .orTimeout(5, java.util.concurrent.TimeUnit.SECONDS)
        .exceptionally(any -> process.destroyForcibly())
        .join();
  }

  /**
   * Makes {@code server.key} and {@code server.crt}, a certificate of its own for localhost, and
   * starts an OpenSSL server that demands a client certificate of those in {@code clients.pem}. It
   * answers any request with 200 and what it knows of the connection.
   */
  public static void tls(Lab lab) {
    certificate(lab);
    start(
        lab,
        """
        exec env -u OPENSSL_CONF openssl s_server -accept 127.0.0.1:$PORT -key server.key \
          -cert server.crt -CAfile clients.pem -Verify 2 -verify_return_error -www -quiet\
        """);
  }

  /**
   * Makes {@code ca.crt}, and {@code server.key} with {@code server.crt} by it, for localhost and
   * the hosts of example.org.
   */
  public static void certificate(Lab lab) {
    lab.sh(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key \
              -out ca.crt -subj '/CN=Lab CA' -days 30 2>/dev/null &&
            openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr \
              -subj /CN=localhost 2>/dev/null &&
            printf 'subjectAltName=DNS:localhost,DNS:*.example.org,IP:127.0.0.1\\nextendedKeyUsage=serverAuth\\n' >san &&
            openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
              -extfile san -days 30 -out server.crt 2>/dev/null\
            """)
        .ok();
  }
}
