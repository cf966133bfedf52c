package dev.tpm2token.tpm.transport;

import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.TpmTransportException;
import dev.tpm2token.tpm.command.Shutdown;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/**
 * An emulated TPM of the user's own, where there is no other: swtpm, started when it is needed, its
 * state in a folder. It ends with its connection, so that it is gone when nobody uses it; the next
 * one goes on with its state.
 */
final class SimulatorTransport implements Transport {
  /** TPM_ST_NO_SESSIONS. */
  private static final int NO_SESSIONS = 0x8001;

  private static final int SHUTDOWN_BYTES = 12;

  private final Transport swtpm;

  private SimulatorTransport(Transport swtpm) {
    this.swtpm = swtpm;
  }

  static Transport open(String tpm, Path folder, NativeSystem system, Duration patience) {
    UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(folder.resolve("swtpm.sock"));
    Connection connection;
    try {
      connection = Connection.open(tpm, StandardProtocolFamily.UNIX, socket, Duration.ZERO);
    } catch (TpmTransportException e) {
      start(tpm, folder, socket, system);
      connection = Connection.open(tpm, StandardProtocolFamily.UNIX, socket, patience);
    }
    return new SimulatorTransport(SwtpmTransport.open(tpm, connection, patience));
  }

  private static void start(
      String tpm, Path folder, UnixDomainSocketAddress socket, NativeSystem system) {
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new TpmTransportException(tpm + ": cannot make " + folder + ": " + e.getMessage(), e);
    }
    system.launch(
        List.of(
            "swtpm",
            "socket",
            "--tpm2",
            "--tpmstate",
            "dir=" + folder + ",mode=0600",
            "--server",
            "type=unixio,path=" + socket + ",mode=0600",
            "--flags",
            "not-need-init,startup-clear",
            "--terminate"));
  }

  @Override
  public byte[] transmit(byte[] command) {
    return swtpm.transmit(command);
  }

  /** Shuts the TPM down first: it counts an end without that as a wrong PIN (Part 1, 19.8.6). */
  @Override
  public void close() {
    try (swtpm;
        TpmWriter w = new TpmWriter()) {
      w.u16(NO_SESSIONS).u32(SHUTDOWN_BYTES).u32(TpmCc.Shutdown.value());
      new Shutdown(false).writeParameters(w);
      swtpm.transmit(w.toByteArray());
    } catch (TpmException e) {
      // It is gone already.
    }
  }
}
