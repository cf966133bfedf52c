package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Chromium;
import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.GreetingServer;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Screen;
import dev.tpm2token.interop.harness.Server;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chromium on a screen of its own, and somebody who types PINs into its windows. */
@Documented("chromium")
@Tag("tpm2token-only")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChromiumTest {
  private static final String PIN_WINDOW = "Unlock Security Device";
  private static final String NOT_SENT = "No required SSL certificate was sent";

  private static Screen screen;
  private static Chromium chromium;

  @BeforeAll
  static void start(Lab lab, Guide guide) {
    lab.ownEtc();
    lab.laptop();
    Server.certificate(lab);
    GreetingServer.certificate(lab, "alice", "Alice", "ec:p256");
    GreetingServer.certificate(lab, "rosa", "Rosa", "rsa:2048");
    guide.run(lab, "Add the module to your NSS database").ok().says("laptop:alice", "u,u,u");
    lab.sh("certutil -A -d sql:$HOME/.pki/nssdb -n lab -t C,, -i ca.crt").ok();
    guide.run(lab, "Have it choose the certificate by itself").ok();
    GreetingServer.start(lab);
    screen = Screen.start(lab);
    chromium = Chromium.start(lab);
  }

  private static Chromium.Tab open(Lab lab, String host, String version) {
    return chromium.open(GreetingServer.url(lab, host, version));
  }

  /** Chromium asks for the PIN some times more before it goes on without a certificate. */
  private static void showsThatNoneWasSent(Chromium.Tab tab) {
    tab.shows(NOT_SENT, () -> screen.dismiss(PIN_WINDOW));
  }

  @Test
  @Order(1)
  void aWrongPinIsAskedForAgain(Lab lab) {
    Chromium.Tab tab = open(lab, "www.example.org", "TLSv1.3");
    screen.type(PIN_WINDOW, "wrong-pin");
    screen.type(PIN_WINDOW, Lab.PIN);
    tab.shows("Hello CN=Alice over TLSv1.3");
  }

  @ParameterizedTest
  @CsvSource({
    "www.example.org, Alice, TLSv1.2",
    "www.example.org, Alice, TLSv1.3",
    "mail.example.org, Rosa, TLSv1.2",
    "mail.example.org, Rosa, TLSv1.3"
  })
  @Order(2)
  void theSiteGreetsByName(String host, String name, String version, Lab lab) {
    open(lab, host, version).shows("Hello CN=%s over %s".formatted(name, version));
  }

  @Test
  @Order(3)
  void somebodyChooses(Lab lab) {
    open(lab, "localhost", "TLSv1.3").shows("Hello CN=", () -> screen.press("Return"));
  }

  @Test
  @Order(4)
  void theTpmIsAwayForAWhile(Lab lab) {
    lab.tpm().kill();
    open(lab, "www.example.org", "TLSv1.3").shows("ERR_SSL_CLIENT_AUTH_SIGNATURE_FAILED");
    lab.tpm().powerOn();
    open(lab, "www.example.org", "TLSv1.3").shows("Hello CN=Alice over TLSv1.3");
  }

  @Test
  @Order(5)
  void theStoreIsAwayForAWhile(Lab lab) {
    lab.sh("mv store away").ok();
    try {
      // Each greeting is a handshake of its own: it has the keys that it has found.
      open(lab, "mail.example.org", "TLSv1.2").shows("Hello CN=Rosa over TLSv1.2");
    } finally {
      lab.sh("mv away store").ok();
    }
    open(lab, "mail.example.org", "TLSv1.2").shows("Hello CN=Rosa over TLSv1.2");
    open(lab, "www.example.org", "TLSv1.3").shows("Hello CN=Alice over TLSv1.3");
  }

  @Test
  @Order(6)
  void whoDoesNotGiveThePinSendsNoCertificate(Lab lab) {
    chromium.quit();
    chromium = Chromium.start(lab);
    showsThatNoneWasSent(open(lab, "www.example.org", "TLSv1.3"));
    open(lab, "www.example.org", "TLSv1.3").shows(NOT_SENT); // which it remembers
  }

  @Test
  @Order(7)
  void tooManyWrongPinsLockTheTpm(Lab lab) {
    lab.tpm().forgive();
    lab.tpm().allowTries(2);
    Chromium.Tab tab = open(lab, "mail.example.org", "TLSv1.3");
    screen.type(PIN_WINDOW, "wrong-one");
    screen.type(PIN_WINDOW, "wrong-two");
    screen.type(PIN_WINDOW, Lab.PIN);
    showsThatNoneWasSent(tab);
    lab.sh("tpm2-token doctor").says("the TPM is locked after too many wrong PINs");
    lab.sh("tpm2-token lockout reset").ok();
    tab = open(lab, "mail.example.org", "TLSv1.2");
    screen.type(PIN_WINDOW, Lab.PIN);
    tab.shows("Hello CN=Rosa over TLSv1.2");
  }

  @Test
  @Order(8)
  void itEndsWhetherTheTpmIsThereOrNot(Lab lab) {
    lab.tpm().kill();
    chromium.quit();
    chromium = Chromium.start(lab);
    Chromium.Tab tab = open(lab, "www.example.org", "TLSv1.3");
    screen.type(PIN_WINDOW, Lab.PIN);
    showsThatNoneWasSent(tab);
    lab.tpm().powerOn();
    tab = open(lab, "www.example.org", "TLSv1.2");
    screen.type(PIN_WINDOW, Lab.PIN);
    tab.shows("Hello CN=Alice over TLSv1.2");
    chromium.quit();
  }

  @Test
  @Order(9)
  void withoutAScreenItTakesATokenWithoutPin(Lab lab) {
    String get =
        "timeout 10 chromium --headless %s --user-data-dir=$PWD/headless --dump-dom %s"
            .formatted(Chromium.FLAGS, GreetingServer.url(lab, "www.example.org", "TLSv1.3"));
    lab.sh(get).doesNotSay("Hello");
    lab.env().put("TPM2_TOKEN_STORE", lab.dir().resolve("open-store").toString());
    lab.sh("printf %s $SO_PIN >so-pin.txt").ok();
    lab.sh("tpm2-token token init --label laptop --no-pin --so-pin-file so-pin.txt").ok();
    GreetingServer.certificate(lab, "alice", "Alice", "ec:p256");
    lab.sh(get).says("Hello CN=Alice over TLSv1.3");
  }
}
