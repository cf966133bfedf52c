package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** GnuPG with gnupg-pkcs11-scd for its card daemon, and a pinentry that knows the PIN. */
@Documented("gnupg")
@Tag("tpm2token-only")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GnupgTest {
  /** Somebody else's GnuPG, who has no token. */
  private static final String OTHER = "gpg --homedir other --batch --trust-model always ";

  @BeforeAll
  static void makeKeys(Lab lab, Guide guide) {
    lab.laptop();
    lab.write("letter.txt", "Dear reader\n");
    lab.atEnd(() -> lab.sh("gpgconf --kill all; gpgconf --homedir other --kill all"));
    lab.sh(
            "mkdir -m 700 ~/.gnupg other && echo pinentry-program $PWD/bin/pinentry"
                + " >~/.gnupg/gpg-agent.conf")
        .ok();
    pinentry(lab, Lab.PIN);
    guide.run(lab, "Make keys and certificates").ok();
    String ec = " --token laptop --label ec --pin-file pin.txt ";
    lab.sh("tpm2-token key generate --type ec:p256" + ec).ok();
    lab.sh("tpm2-token cert self-sign --subject CN=ec" + ec).ok();
    guide
        .run(lab, "Have GnuPG use the module")
        .ok()
        .says("APPTYPE PKCS11", "/CN=sign on laptop", "/CN=decrypt on laptop")
        .doesNotSay("/CN=ec");
  }

  /** Writes the program that gpg-agent asks for the PIN; a line of "asked" is a question. */
  private static void pinentry(Lab lab, String pin) {
    lab.program(
        "pinentry",
        """
        #!/bin/sh
        echo OK
        while read -r command rest; do
          case $command in
          GETPIN) echo asked >>%s/asked; echo 'D %s' ;;
          BYE) exit ;;
          esac
          echo OK
        done
        """
            .formatted(lab.dir(), pin));
  }

  private static void forgetThePin(Lab lab) {
    lab.sh("gpgconf --kill gpg-agent; rm -f asked").ok();
  }

  private static void assertAsked(Lab lab, int times) {
    assertEquals(times, lab.sh("cat asked 2>/dev/null").stdout().lines().count());
  }

  @Test
  @Order(1)
  void anOpenPgpKey(Lab lab, Guide guide) {
    guide.run(lab, "An OpenPGP key").ok().says("sec>", "ssb>", "[SC]", "[E]", "Card serial no.");
    forgetThePin(lab);
    guide.run(lab, "Sign and decrypt").ok().says("Good signature from \"Me <me@example.org>\"");
    assertAsked(lab, 1);
    lab.sh("cmp letter.txt decrypted.txt").ok();
  }

  @Test
  @Order(2)
  void whoHasNoTokenVerifiesAndEncrypts(Lab lab) {
    lab.sh("gpg --export me@example.org | " + OTHER + "--import").ok();
    lab.sh(OTHER + "--verify letter.txt.asc letter.txt").ok().says("Good signature");
    lab.sh(OTHER + "--verify letter.txt.asc pin.txt").fails().says("BAD signature");
    lab.sh(OTHER + "--recipient me@example.org --output sent.gpg --encrypt letter.txt").ok();
    lab.sh(OTHER + "--decrypt sent.gpg").fails().says("No secret key");
    lab.sh("gpg --decrypt sent.gpg").ok().says("Dear reader");
  }

  @Test
  @Order(3)
  void thePinFromAFile(Lab lab, Guide guide) {
    lab.sh("rm -f asked").ok();
    guide.run(lab, "The PIN from a file").ok();
    assertAsked(lab, 0);
    lab.sh("gpg --verify letter.sig letter.txt").ok().says("Good signature");
  }

  @Test
  @Order(4)
  void mail(Lab lab, Guide guide) {
    forgetThePin(lab);
    guide.run(lab, "S/MIME").ok().says("/CN=sign", "/CN=decrypt", "Good signature from");
    assertAsked(lab, 1);
    lab.sh("cmp letter.txt opened.txt").ok();
    opensslVerifiesSome(lab);
    lab.sh(
            """
            openssl cms -encrypt -aes256 -in letter.txt -binary -outform DER decrypt.crt |
              gpgsm --decrypt\
            """)
        .ok()
        .says("Dear reader");
  }

  /**
   * GnuPG 2.2 puts a zero octet before a card's signature whose first bit is set, and OpenSSL
   * refuses its length: up to every other one. Of twenty, one begins with no such bit.
   */
  private static void opensslVerifiesSome(Lab lab) {
    lab.sh(
            """
            for i in $(seq 20); do
              echo letter $i >try.txt
              gpgsm --yes --local-user /CN=sign --output try.p7s --detach-sign try.txt &&
                openssl cms -verify -inform DER -in try.p7s -content try.txt -binary \
                  -certfile sign.crt -CAfile sign.crt -purpose any && exit 0
            done
            exit 1\
            """)
        .ok()
        .says("CMS Verification successful");
  }

  @Test
  @Order(5)
  void aWrongPinIsTriedOnTheTpmOnce(Lab lab) {
    forgetThePin(lab);
    pinentry(lab, "wrong-pin");
    lab.sh("gpg --batch --yes --clear-sign letter.txt").fails().says("Bad PIN");
    assertAsked(lab, 3);
    lab.sh("tpm2-token lockout show").ok().says("1 of 32 counted");
    lab.sh("gpgsm --local-user /CN=sign --sign letter.txt").fails().says("Bad PIN");
    lab.sh("tpm2-token lockout show").ok().says("1 of 32 counted");
  }

  @Test
  @Order(6)
  void aTpmThatTakesNoPin(Lab lab) {
    lab.tpm().allowTries(1);
    forgetThePin(lab);
    pinentry(lab, Lab.PIN);
    lab.sh("gpg --batch --yes --clear-sign letter.txt").fails().says("PIN blocked");
    lab.tpm().forgive();
    lab.loseTpm();
    lab.sh("gpg --batch --yes --clear-sign letter.txt").fails().says("Card error");
    lab.tpm().powerOn();
    lab.tpm().allowTries(32);
    lab.tpm().forgive();
    lab.sh("gpg --batch --yes --clear-sign letter.txt").ok();
  }
}
