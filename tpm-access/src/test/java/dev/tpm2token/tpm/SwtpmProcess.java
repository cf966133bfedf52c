package dev.tpm2token.tpm;

import dev.tpm2token.tpm.transport.Tcti;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real swtpm with a state of its own, on the loopback interface or on a unix socket. */
public final class SwtpmProcess implements AutoCloseable {
  private final Path folder;
  private final Tcti tcti;
  private final List<String> command;
  private Process process;

  private SwtpmProcess(Path folder, Tcti tcti, List<String> server) throws IOException {
    this.folder = folder;
    this.tcti = tcti;
    command = new ArrayList<>(List.of("swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + folder));
    command.addAll(server);
    command.addAll(List.of("--flags", "not-need-init,startup-clear"));
    process = launch();
  }

  /** On two free ports, one above the other. */
  public static SwtpmProcess start() {
    try {
      int port = freePorts();
      Tcti tcti = Tcti.parse("swtpm:host=127.0.0.1,port=" + port);
      return new SwtpmProcess(
              folder(),
              tcti,
              List.of("--server", "type=tcp,port=" + port, "--ctrl", "type=tcp,port=" + (port + 1)))
          .await(() -> new Socket(InetAddress.getLoopbackAddress(), port).close());
    } catch (IOException e) {
      throw new UncheckedIOException("swtpm, of the package swtpm, is needed", e);
    }
  }

  /** On a unix socket in its own folder. */
  public static SwtpmProcess startOnUnixSocket() {
    try {
      Path folder = folder();
      Path socket = folder.resolve("tpm.sock");
      return new SwtpmProcess(
              folder,
              Tcti.parse("swtpm:path=" + socket),
              List.of(
                  "--server",
                  "type=unixio,path=" + socket,
                  "--ctrl",
                  "type=unixio,path=" + folder.resolve("ctrl.sock")))
          .await(() -> connectUnix(socket));
    } catch (IOException e) {
      throw new UncheckedIOException("swtpm, of the package swtpm, is needed", e);
    }
  }

  public Tcti tcti() {
    return tcti;
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** A file for {@link #tool}, which finds it by its name. */
  public void write(String name, byte[] content) {
    try {
      Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another program works on the TPM: a command of the package tpm2-tools, and its arguments. */
  public void tool(String name, String... arguments) {
    List<String> line = new ArrayList<>(List.of(name, "-T", tcti.toString()));
    line.addAll(List.of(arguments));
    try {
      Process tool =
          new ProcessBuilder(line)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("tool.log").toFile())
              .start();
      if (tool.waitFor() != 0) {
        throw new AssertionError(line + ": " + Files.readString(folder.resolve("tool.log")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As when the power fails: the process is killed, and started again on the same state. */
  public void restart() {
    stop();
    try {
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stop();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FunctionalInterface
  private interface Probe {
    void connect() throws IOException;
  }

  private SwtpmProcess await(Probe probe) throws IOException {
    for (int i = 0; ; i++) {
      try {
        probe.connect();
        return this;
      } catch (IOException e) {
        if (i == 500 || !process.isAlive()) {
          close();
          throw e;
        }
        sleep();
      }
    }
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("swtpm.log").toFile())
        .start();
  }

  private void stop() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("swtpm does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Path folder() throws IOException {
    return Files.createTempDirectory("swtpm");
  }

  private static void connectUnix(Path socket) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
    }
  }

  private static int freePorts() throws IOException {
    while (true) {
      try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          ServerSocket second = new ServerSocket()) {
        second.bind(new InetSocketAddress(first.getInetAddress(), first.getLocalPort() + 1));
        return first.getLocalPort();
      } catch (IOException e) {
        // the one above is taken: another try
      }
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
