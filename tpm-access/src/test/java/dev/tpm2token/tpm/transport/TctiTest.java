package dev.tpm2token.tpm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.TpmTransportException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TctiTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "auto",
        "device",
        "device:/dev/tpm0",
        "swtpm",
        "swtpm:host=::1,port=2321",
        "swtpm:path=/run/swtpm.sock",
        "mssim:port=2321",
        "tabrmd:bus_type=session",
        "libtss2-tcti-swtpm.so.0:port=2321",
        "simulator:path=/tmp/x"
      })
  void reads(String text) {
    assertEquals(text, Tcti.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tpm",
        "swtpm:port=0",
        "swtpm:port=65535",
        "swtpm:port=x",
        "swtpm:port=1,",
        "mssim:path=/x",
        "swtpm:prot=1",
        "simulator:port=1",
        "../x:y"
      })
  void refuses(String text) {
    assertThrows(IllegalArgumentException.class, () -> Tcti.parse(text));
  }

  @Test
  void knowsWhichLetOneInAtATime() {
    assertFalse(Tcti.parse("device:/dev/tpmrm0").exclusive());
    assertTrue(Tcti.parse("device:/dev/tpm0").exclusive());
    assertTrue(Tcti.parse("swtpm:port=2321").exclusive());
  }

  @Test
  void saysWhatToDoAboutAMissingDevice(@TempDir Path folder) {
    Tcti tcti = Tcti.parse("device:" + folder.resolve("tpm0"));
    TpmTransportException e = assertThrows(TpmTransportException.class, tcti::open);
    assertTrue(e.getMessage().contains("no such device"), e::getMessage);
  }

  @Test
  void saysHowToStartASoftwareTpm(@TempDir Path folder) {
    Tcti tcti = Tcti.parse("swtpm:path=" + folder.resolve("socket"));
    TpmTransportException e =
        assertThrows(TpmTransportException.class, () -> tcti.open(Duration.ofMillis(50)));
    assertTrue(e.getMessage().contains("swtpm socket"), e::getMessage);
  }

  /** A pipe that is read and written hands back what it is given, as a device would. */
  @Test
  void writesACommandAndReadsAResponse(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("tpm0");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertTrue(Files.exists(pipe));
    try (Transport transport = Tcti.parse("device:" + pipe).open()) {
      byte[] bytes = {(byte) 0x80, 1, 0, 0, 0, 10, 0, 0, 0, 0};
      assertEquals(10, transport.transmit(bytes).length);
    }
  }
}
