package dev.tpm2token.interop.harness;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;

/** A TPM 2.0 of a test's own: swtpm on two neighbouring loopback ports, its state in a folder. */
public final class Swtpm implements AutoCloseable {
  private static final int ATTEMPTS = 5;

  /** So many wrong authorisations a PC's TPM takes before it locks; swtpm by itself takes 3. */
  private static final int TRIES = 32;

  private static final int TEN_MINUTES = 600;

  private final Path state;
  private final int port;
  private Process process;

  private Swtpm(Path state, int port, Process process) {
    this.state = state;
    this.port = port;
    this.process = process;
  }

  /** Starts one with fresh state in this folder. */
  static Swtpm start(Path state) {
    try {
      Files.createDirectories(state);
      for (int i = 0; i < ATTEMPTS; i++) {
        int port = Ports.freePair();
        Process process = launch(state, port);
        if (isUp(process, port)) {
          Swtpm tpm = new Swtpm(state, port, process);
          tpm.allowTries(TRIES);
          return tpm;
        }
        stop(process);
      }
      throw new AssertionError(
          "swtpm does not start: " + Files.readString(state.resolve("swtpm.out")));
    } catch (IOException e) {
      throw new UncheckedIOException("swtpm (script/install-test-tools installs it)", e);
    }
  }

  private static Process launch(Path state, int port) throws IOException {
    return new ProcessBuilder(
            "swtpm",
            "socket",
            "--tpm2",
            "--tpmstate",
            "dir=" + state,
            "--server",
            "type=tcp,port=" + port + ",bindaddr=127.0.0.1",
            "--ctrl",
            "type=tcp,port=" + (port + 1) + ",bindaddr=127.0.0.1",
            "--flags",
            "not-need-init,startup-clear")
        .redirectErrorStream(true)
        .redirectOutput(state.resolve("swtpm.out").toFile())
        .start();
  }

  private static boolean isUp(Process process, int port) {
    return Ports.answers(port + 1, Duration.ofSeconds(20), process::isAlive) && process.isAlive();
  }

  private static void stop(Process process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  int port() {
    return port;
  }

  /** Ends it at once, as a power cut would: what it had not written is lost. */
  public void kill() {
    stop(process);
  }

  /** Switches it on again after {@link #kill()}: same state, same ports. */
  public void powerOn() {
    try {
      process = launch(state, port);
      if (!isUp(process, port)) {
        throw new AssertionError(
            "swtpm does not come back: " + Files.readString(state.resolve("swtpm.out")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** TPM2_DictionaryAttackParameters: how many wrong authorisations it takes. */
  public void allowTries(int tries) {
    lockoutCommand("13a", "%08x%08x%08x".formatted(tries, TEN_MINUTES, TEN_MINUTES));
  }

  /** TPM2_DictionaryAttackLockReset: what was tried so far is forgiven. */
  public void forgive() {
    lockoutCommand("139", "");
  }

  /** A command under the lockout hierarchy's empty password. */
  private void lockoutCommand(String code, String parameters) {
    String rest = "00000" + code + "4000000a" + "00000009" + "40000009" + "0000000000" + parameters;
    byte[] command = HexFormat.of().parseHex("8002%08x%s".formatted(6 + rest.length() / 2, rest));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(command);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.skipNBytes(6);
      int rc = in.readInt();
      if (rc != 0) {
        throw new AssertionError("swtpm answers 0x%x to %s".formatted(rc, code));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stop(process);
  }
}
