package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Firefox;
import dev.tpm2token.interop.harness.GreetingServer;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Server;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Firefox with a person before it, who types PINs and chooses certificates, for some hours. */
@Documented("firefox")
@Tag("tpm2token-only")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FirefoxTest {
  private static final String PIN_PROMPT = "Please authenticate to the security device (laptop).";
  private static final String CHOICE = "Alice, Rosa";
  private static final String NOT_SENT = "No required SSL certificate was sent";

  /** Taken anew by each run; the page's picture is a copy. */
  private static final Path PICTURE = Path.of("target/firefox-security-devices.png");

  private static Firefox firefox;

  @BeforeAll
  static void start(Lab lab, Guide guide) {
    lab.ownEtc();
    lab.laptop();
    Server.certificate(lab);
    guide.run(lab, "Make a key and ask for a certificate").ok();
    GreetingServer.issue(lab, "alice");
    guide.run(lab, "Put the certificate into the token").ok();
    GreetingServer.certificate(lab, "rosa", "Rosa", "rsa:2048");
    guide.run(lab, "Have Firefox load the module").ok();
    GreetingServer.start(lab);
    firefox = Firefox.start(lab);
  }

  private static void siteShows(Lab lab, String version, String text) {
    firefox.shows(GreetingServer.url(lab, "localhost", version), text);
  }

  private static void siteGreets(Lab lab, String version, String name) {
    siteShows(lab, version, "Hello CN=%s over %s".formatted(name, version));
  }

  private static void logOut() {
    try (Firefox.SecurityDevices devices = firefox.securityDevices()) {
      devices.select("TPM 2.0 token");
      devices.press("logout_button");
    }
  }

  @Test
  @Order(1)
  void theTokenIsListed() {
    firefox.person("Alice");
    try (Firefox.SecurityDevices devices = firefox.securityDevices()) {
      assertTrue(devices.names().contains("tpm2-token"), devices.names().toString());
      List<String> details = devices.select("TPM 2.0 token");
      assertTrue(details.contains("Label: laptop"), details.toString());
      assertTrue(details.contains("Status: Not Logged In"), details.toString());
      devices.picture(PICTURE);
    }
    assertEquals(List.of(), firefox.asked());
  }

  @Test
  @Order(2)
  void aWrongPinIsAskedForAgain(Lab lab) {
    firefox.person("Alice", "wrong-pin", Lab.PIN);
    siteGreets(lab, "TLSv1.3", "Alice");
    assertEquals(List.of(PIN_PROMPT, PIN_PROMPT, CHOICE), firefox.asked());
  }

  @ParameterizedTest
  @CsvSource({"Rosa, TLSv1.2", "Rosa, TLSv1.3", "Alice, TLSv1.2", "Alice, TLSv1.3"})
  @Order(3)
  void theSiteGreetsByName(String certificate, String version, Lab lab) {
    firefox.person(certificate);
    siteGreets(lab, version, certificate);
    assertEquals(List.of(CHOICE), firefox.asked());
  }

  @Test
  @Order(4)
  void loggingInByTheDialogIsEnough(Lab lab) {
    logOut();
    firefox.person("Alice", Lab.PIN);
    try (Firefox.SecurityDevices devices = firefox.securityDevices()) {
      devices.select("TPM 2.0 token");
      devices.press("login_button");
      assertTrue(devices.details().contains("Status: Logged In"), devices.details().toString());
    }
    siteGreets(lab, "TLSv1.2", "Alice");
    assertEquals(List.of(PIN_PROMPT, CHOICE), firefox.asked());
  }

  @Test
  @Order(5)
  void theTpmIsAwayForAWhile(Lab lab) {
    firefox.person("Alice");
    lab.tpm().kill();
    siteShows(lab, "TLSv1.3", "SSL_ERROR_HANDSHAKE_FAILED");
    lab.tpm().powerOn();
    siteGreets(lab, "TLSv1.3", "Alice");
  }

  @Test
  @Order(6)
  void theStoreIsAwayForAWhile(Lab lab) {
    firefox.person("Rosa");
    lab.sh("mv store away").ok();
    try {
      siteShows(lab, "TLSv1.2", NOT_SENT);
    } finally {
      lab.sh("mv away store").ok();
    }
    siteGreets(lab, "TLSv1.2", "Rosa");
  }

  @Test
  @Order(7)
  void aNewCertificateIsSeenWithTheNextLogin(Lab lab) {
    GreetingServer.certificate(lab, "nora", "Nora", "ec:p256");
    firefox.person("Alice");
    siteGreets(lab, "TLSv1.3", "Alice");
    assertEquals(List.of(CHOICE), firefox.asked());
    logOut();
    firefox.person("Nora", Lab.PIN);
    siteGreets(lab, "TLSv1.3", "Nora");
  }

  @Test
  @Order(8)
  void whoDoesNotGiveThePinSendsNoCertificate(Lab lab) {
    logOut();
    firefox.person("Alice");
    siteShows(lab, "TLSv1.3", NOT_SENT);
    assertTrue(firefox.asked().contains(PIN_PROMPT), firefox.asked().toString());
  }

  @Test
  @Order(9)
  void tooManyWrongPinsLockTheTpm(Lab lab) {
    lab.tpm().forgive();
    lab.tpm().allowTries(2);
    firefox.person("Alice", "wrong-one", "wrong-two", Lab.PIN);
    siteShows(lab, "TLSv1.3", NOT_SENT);
    lab.sh("tpm2-token doctor").says("the TPM is locked after too many wrong PINs");
    lab.sh("tpm2-token lockout reset").ok();
    firefox.person("Alice", Lab.PIN);
    siteGreets(lab, "TLSv1.3", "Alice");
  }

  @Test
  @Order(10)
  void itEndsWhetherTheTpmIsThereOrNot(Lab lab) {
    lab.tpm().kill();
    firefox.quit();
    firefox = Firefox.start(lab);
    firefox.person("Alice", Lab.PIN);
    siteShows(lab, "TLSv1.3", NOT_SENT);
    lab.tpm().powerOn();
    firefox.person("Alice", Lab.PIN);
    siteGreets(lab, "TLSv1.3", "Alice");
    firefox.quit();
  }
}
