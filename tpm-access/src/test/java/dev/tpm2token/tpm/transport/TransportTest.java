package dev.tpm2token.tpm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.LeasePolicy;
import dev.tpm2token.tpm.SwtpmProcess;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.TpmTransportException;
import dev.tpm2token.tpm.command.GetRandom;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransportTest {
  private static int random(TransportSource source) {
    try (TpmDevice device = new TpmDevice(source, LeasePolicy.DEFAULT)) {
      return device.call(tpm -> tpm.execute(new GetRandom(16))).length;
    }
  }

  @Test
  @Tag("swtpm")
  void reachesASoftwareTpmOnAUnixSocket() {
    try (SwtpmProcess swtpm = SwtpmProcess.startOnUnixSocket()) {
      assertEquals(16, random(swtpm.tcti()));
    }
  }

  @Test
  @Tag("swtpm")
  void switchesTheReferenceSimulatorOn() throws IOException {
    try (SwtpmProcess swtpm = SwtpmProcess.start();
        MssimServer simulator = new MssimServer(swtpm.tcti())) {
      assertEquals(16, random(simulator.tcti()));
      List<Integer> signals = List.copyOf(simulator.signals);
      assertEquals(List.of(1, 11), signals.subList(0, 2));
      assertTrue(signals.contains(8), signals::toString);
    }
  }

  /** What a peer that is no TPM may send. */
  @ParameterizedTest
  @ValueSource(strings = {"80010000000900000000", "80017fffffff00000000", "8001ffffffff00000000"})
  void refusesASizeThatCannotBe(String header) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Transport transport =
            Tcti.parse("swtpm:host=127.0.0.1,port=" + server.getLocalPort()).open();
        Socket peer = server.accept()) {
      peer.getOutputStream().write(HexFormat.of().parseHex(header));
      assertThrows(TpmProtocolException.class, () -> transport.transmit(new byte[10]));
    }
  }

  @Test
  void doesNotWaitForEver() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Transport transport =
            Tcti.parse("swtpm:host=127.0.0.1,port=" + server.getLocalPort())
                .open(Duration.ofMillis(100))) {
      TpmTransportException e =
          assertThrows(TpmTransportException.class, () -> transport.transmit(new byte[10]));
      assertTrue(e.getMessage().contains("another program"), e::getMessage);
    }
  }

  @Test
  void noticesAConnectionThatWasCut() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Transport transport =
            Tcti.parse("swtpm:host=127.0.0.1,port=" + server.getLocalPort()).open()) {
      server.accept().close();
      assertThrows(TpmTransportException.class, () -> transport.transmit(new byte[10]));
    }
  }
}
