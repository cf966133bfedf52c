package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** token and key, as far as they make things. */
class TokenVerbsTest {
  private final CommandRun command = new CommandRun();

  @AfterEach
  void end() {
    command.close();
  }

  @Test
  void aTokenAndItsKeys() {
    command.token("lab");
    command
        .run("key generate --token lab --label ssh --type ec:p256 --pin-file @pin")
        .ok()
        .says("made key ssh in lab: EC P-256, id ");
    var list = command.run("list --json").ok().json();
    assertEquals("lab", list.at("/tokens/0/token/label").asString());
    assertEquals("set", list.at("/tokens/0/token/pin").asString());
    assertEquals("EC P-256", list.at("/tokens/0/objects/0/algorithm").asString());
    command.run("doctor").ok().says("All is well.");
  }

  @Test
  void pinsThroughStandardInputComeLineByLine() {
    command
        .run("token init --label lab --so-pin-file - --pin-file -", "5678-officer\n1234-user\n")
        .ok();
    command.run("key generate --label k --pin-file -", "1234-user").ok();
  }

  @Test
  void aTokenWithoutAPin() {
    command.run("token init --label lab --so-pin-file @so-pin --no-pin").ok();
    command.run("key generate --label k").ok();
    assertEquals(
        "none", command.run("list --json").ok().json().at("/tokens/0/token/pin").asString());
  }

  @Test
  void tokensAreShownRenamedAndRemoved() {
    command.token("lab");
    command.run("token init --label other --so-pin-file @so-pin --pin-file @pin").ok();
    command.run("token list").ok().says("lab  slot 1", "other  slot 2");
    command.run("token info").fails(ExitStatus.NOT_FOUND).says("there are several", "--token");
    command.run("token info --token lab").ok().says("user PIN       set", "pkcs11:serial=");
    command.run("token rename --token lab --label other").fails(ExitStatus.REFUSED).says("already");
    command.run("token rename --token lab --label work").ok().says("lab is called work now");
    command
        .run("token remove --token work")
        .fails(ExitStatus.REFUSED)
        .says("are going to be lost; --yes does it");
    command.run("token remove --token work --yes").ok();
    assertEquals(1, command.run("token list --json").ok().json().get("tokens").size());
  }

  @Test
  void pins() {
    command.token("lab");
    command.run("key generate --label k --pin-file @pin").ok();
    command.write("new", "changed-pin\n");
    command.run("pin change --pin-file @pin --new-pin-file @new").ok();
    command.run("key generate --label k --pin-file @pin").fails(ExitStatus.PIN);
    command.run("key generate --label k2 --pin-file @new").ok();
    command.run("pin unblock --so-pin-file @so-pin --new-pin-file @pin").ok();
    command.run("key generate --label k3 --pin-file @pin").ok();
    command
        .run("pin change --so --pin-file - --new-pin-file -", "5678-officer\nnew-officer\n")
        .ok();
    command
        .run("pin unblock --so-pin-file @so-pin --new-pin-file @new")
        .fails(ExitStatus.PIN)
        .says("that is not the SO PIN of lab");
    command
        .run("pin set --so-pin-file - --new-pin-file @new", "new-officer")
        .fails(ExitStatus.REFUSED)
        .says("has a user PIN");
    command.write("short", "123\n");
    command
        .run("pin change --pin-file @pin --new-pin-file @short")
        .fails(ExitStatus.PIN)
        .says("a PIN has 4 to 255 bytes");
  }

  @Test
  void theFirstPinOfATokenIsSet() {
    command.run("token init --label lab --so-pin-file @so-pin --no-pin").ok();
    command.run("key generate --label k").ok();
    command
        .run("pin change --pin-file @pin --new-pin-file @pin")
        .fails(ExitStatus.REFUSED)
        .says("lab needs no user PIN", "pin set");
    command.run("pin set --so-pin-file @so-pin --new-pin-file @pin").ok().says("is changed");
    command.run("token info").ok().says("user PIN       set");
    command.run("csr --label k --subject CN=x --pin-file @so-pin").fails(ExitStatus.PIN);
    command.run("csr --label k --subject CN=x --pin-file @pin").ok().says("BEGIN");
  }

  @Test
  void aTokenThatSomethingElseMadeGetsItsPin() {
    command.tokenWithoutPin("lab");
    command
        .run("token init --label lab --so-pin-file @so-pin --pin-file @pin")
        .fails(ExitStatus.REFUSED)
        .says("there is a token lab already", "pin set");
    command.run("key generate --label k --pin-file @pin").fails(ExitStatus.PIN).says("pin set");
    command.run("pin set --so-pin-file @so-pin --new-pin-file @pin").ok();
    command.run("key generate --label k --pin-file @pin").ok();
  }

  @Test
  void whatTheTpmCountsIsSaid() {
    command.run("lockout set --tries 3 --recovery 1000 --lockout-recovery 1000").ok();
    command.token("lab");
    command.run("token info").ok().says("0 of 3 counted", "open");
    String wrong = "key generate --label k --pin-file @so-pin";
    command.run(wrong).fails(ExitStatus.PIN).says("not the user PIN of lab", "2 more lock it");
    command.run(wrong).fails(ExitStatus.PIN).says("1 more lock it");
    command.run("token info").ok().says("2 of 3 counted", "one more locks the TPM");
    command.run(wrong).fails(ExitStatus.PIN).says("takes no PIN now", "lockout reset");
    command.run("token info").ok().says("3 of 3 counted", "locked");
    assertEquals("locked", command.run("token info --json").json().get("pinState").asString());
    command
        .run("key generate --label k --pin-file @pin")
        .fails(ExitStatus.PIN)
        .says("takes no PIN now", "lockout reset");
    command
        .run("token init --label another --so-pin-file @so-pin --pin-file @pin")
        .fails(ExitStatus.PIN)
        .says("lockout");
    assertEquals(1, command.run("token list --json").ok().json().get("tokens").size());
    command.run("lockout reset").ok();
    command.run("token init --label another --so-pin-file @so-pin --pin-file @pin").ok();
    command.loseTpm();
    command.run("token info --token lab").ok().says("the TPM cannot be asked");
  }

  @Test
  void labelsMoveNoCursor() {
    String label = "a\u001bb";
    command
        .run("token init --label " + label + " --so-pin-file @so-pin --no-pin")
        .ok()
        .says("made token a?b");
    command.run("token rename --label c\u001bd").ok().says("a?b is called c?d now");
    command.run("backup @backup").ok().says("wrote token c?d");
    command.run("token remove").fails(ExitStatus.REFUSED).says("token c?d");
    command
        .run("token init --label \t --so-pin-file @so-pin --no-pin")
        .fails(ExitStatus.USAGE)
        .says("nothing but blanks");
  }

  @Test
  void mistakes() {
    command.token("lab");
    command
        .run("token init --label lab --so-pin-file @so-pin --pin-file @pin")
        .fails(ExitStatus.REFUSED)
        .says("there is a token lab already");
    command
        .run("key generate --token other --label k --pin-file @pin")
        .fails(ExitStatus.NOT_FOUND)
        .says("there is no token other");
    command
        .run("key generate --label k --type ec:p257 --pin-file @pin")
        .fails(ExitStatus.USAGE)
        .says("ec:p257 is no type of key", "ec:p384");
    command
        .run("key generate --label k --pin-file @so-pin")
        .fails(ExitStatus.PIN)
        .says("that is not the user PIN of lab");
    command
        .run("key generate --label k")
        .fails(ExitStatus.PIN)
        .says("nobody can be asked: give --pin-file FILE");
    command
        .run("key generate --label k --pin-file @none")
        .fails(ExitStatus.NOT_FOUND)
        .says("none cannot be read");
  }
}
