package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.harness.BusRecorder;
import dev.tpm2token.interop.harness.BusRecorder.Exchange;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import dev.tpm2token.interop.harness.TpmCommands;
import dev.tpm2token.interop.harness.TpmCommands.Authorisation;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The recorder does hear what a careless program says: tpm2-tools, asked to be careless. */
@ExtendWith(LabExtension.class)
@Tag("tpm2token-only")
class WiretapTest {
  @Test
  void aPasswordInTheClearIsHeard(Lab lab) {
    BusRecorder bus = lab.recorder();
    lab.env().put("TPM2TOOLS_TCTI", lab.env().get("TPM2_TOKEN_TCTI"));
    lab.sh("tpm2_createprimary -Q -C o -p overheard -c primary").ok();

    List<Exchange> creations = bus.heard().stream().filter(e -> e.code() == 0x131).toList();
    assertEquals(1, creations.size(), () -> bus.heard().toString());
    byte[] command = creations.getFirst().command();
    assertTrue(
        new String(command, StandardCharsets.ISO_8859_1).contains("overheard"),
        HexFormat.of().formatHex(command));
    List<Authorisation> sessions = TpmCommands.authorisations(command);
    assertEquals(1, sessions.size());
    assertFalse(sessions.getFirst().encryptsCommand());
    assertFalse(sessions.getFirst().isPassword());
  }

  @Test
  void aPasswordSessionIsKnownAsSuch() {
    // TPM2_Unseal of 0x80000001 under the password "pw" and a session that encrypts the response.
    byte[] command =
        HexFormat.ofDelimiter(" ")
            .parseHex(
                "80 02 00 00 00 26 00 00 01 5e 80 00 00 01 00 00 00 14 40 00 00 09 00 00 00 00 02"
                    + " 70 77 02 00 00 00 00 00 40 00 00");
    List<Authorisation> sessions = TpmCommands.authorisations(command);
    assertEquals(2, sessions.size());
    assertTrue(sessions.getFirst().isPassword());
    assertArrayEquals(new byte[] {'p', 'w'}, sessions.getFirst().auth());
    assertFalse(sessions.getLast().isPassword());
    assertTrue(sessions.getLast().encryptsResponse());
  }

  @Test
  void aTpmComesBackWithItsState(Lab lab) {
    lab.env().put("TPM2TOOLS_TCTI", lab.env().get("TPM2_TOKEN_TCTI"));
    lab.sh(
            "tpm2_createprimary -Q -C o -c primary && tpm2_evictcontrol -Q -C o -c primary"
                + " 0x81000001")
        .ok();
    lab.tpm().kill();
    lab.tpm().powerOn();
    lab.sh("tpm2_readpublic -Q -c 0x81000001").ok();
  }
}
