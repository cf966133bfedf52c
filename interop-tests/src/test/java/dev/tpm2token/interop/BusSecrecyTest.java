package dev.tpm2token.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.harness.BusRecorder;
import dev.tpm2token.interop.harness.BusRecorder.Exchange;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import dev.tpm2token.interop.harness.TpmCommands;
import dev.tpm2token.interop.harness.TpmCommands.Authorisation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who listens between module and TPM, or reads the disk, learns no PIN. */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only")
class BusSecrecyTest {
  private static final String PIN = "Xq7-Vulpecula";
  private static final String SO_PIN = "Zk9-Camelopar";
  private static final String NEW_PIN = "Wj3-Lacertids";
  private static final Set<String> PINS = Set.of(PIN, SO_PIN, NEW_PIN);

  /** TPM2_Create, TPM2_CreateLoaded and TPM2_ObjectChangeAuth carry secrets to the TPM. */
  private static final Set<Integer> SECRET_COMMANDS = Set.of(0x153, 0x191, 0x150);

  /** TPM2_Unseal brings them back. */
  private static final Set<Integer> SECRET_RESPONSES = Set.of(0x15e);

  private List<Exchange> heard = List.of();

  @BeforeAll
  void useEverything(Lab lab) {
    BusRecorder bus = lab.recorder();
    lab.env().put("PIN", PIN);
    lab.env().put("SO_PIN", SO_PIN);
    lab.token("lab");
    lab.keyPair("rsa:2048", "01", "rsa");
    lab.keyPair("EC:prime256v1", "02", "ec");
    lab.env().put("P", "pkcs11-tool --module " + lab.module().library() + " --token-label lab");
    lab.write("text", "to be signed");
    lab.sh("$P --login --pin $PIN --sign --mechanism SHA256-RSA-PKCS --id 01 -i text -o sig").ok();
    lab.sh("$P --login --pin $PIN --sign --mechanism ECDSA-SHA256 --id 02 -i text -o sig").ok();
    lab.sh("$P --login --pin $PIN --write-object text --type data --label d --private").ok();
    lab.sh("$P --login --pin $PIN --change-pin --new-pin " + NEW_PIN).ok();
    lab.sh("$P --login --pin " + NEW_PIN + " -O").ok();
    lab.sh("$P --login --pin not-the-pin -O").fails();
    heard = bus.heard();
    assertNotEquals(0, heard.size());
  }

  @Test
  void noPinPassesTheBus() throws GeneralSecurityException {
    for (byte[] secret : secrets()) {
      for (Exchange exchange : heard) {
        assertFalse(contains(exchange.command(), secret), exchange.toString());
        assertFalse(contains(exchange.response(), secret), exchange.toString());
      }
    }
  }

  @Test
  void noPinIsOnTheDisk(Lab lab) throws IOException, GeneralSecurityException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(lab.dir())) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    assertTrue(files.stream().anyMatch(file -> file.startsWith(lab.dir().resolve("store"))));
    for (byte[] secret : secrets()) {
      for (Path file : files) {
        assertFalse(contains(Files.readAllBytes(file), secret), file.toString());
      }
    }
  }

  @Test
  void noPasswordAuthorisesACommand() {
    for (Exchange exchange : heard) {
      for (Authorisation authorisation : TpmCommands.authorisations(exchange.command())) {
        if (authorisation.isPassword()) {
          assertEquals(0, authorisation.auth().length, exchange.toString());
        }
      }
    }
  }

  @Test
  void secretsTravelEncrypted() {
    assertTrue(heard.stream().anyMatch(exchange -> SECRET_COMMANDS.contains(exchange.code())));
    assertTrue(heard.stream().anyMatch(exchange -> SECRET_RESPONSES.contains(exchange.code())));
    for (Exchange exchange : heard) {
      List<Authorisation> sessions = TpmCommands.authorisations(exchange.command());
      if (SECRET_COMMANDS.contains(exchange.code())) {
        assertTrue(sessions.stream().anyMatch(Authorisation::encryptsCommand), exchange.toString());
      }
      if (SECRET_RESPONSES.contains(exchange.code())) {
        assertTrue(
            sessions.stream().anyMatch(Authorisation::encryptsResponse), exchange.toString());
      }
    }
  }

  /** The PINs, and what a careless program would make of them. */
  private static List<byte[]> secrets() throws GeneralSecurityException {
    List<byte[]> secrets = new ArrayList<>();
    for (String pin : PINS) {
      secrets.add(pin.getBytes(UTF_8));
      for (String hash : List.of("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")) {
        secrets.add(MessageDigest.getInstance(hash).digest(pin.getBytes(UTF_8)));
      }
    }
    return secrets;
  }

  private static boolean contains(byte[] all, byte[] part) {
    return new String(all, ISO_8859_1).contains(new String(part, ISO_8859_1));
  }
}
