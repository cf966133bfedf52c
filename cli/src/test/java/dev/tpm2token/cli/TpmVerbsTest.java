package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** provision, caps, selftest, hierarchy, lockout, primary and flush. */
class TpmVerbsTest {
  private final CommandRun command = new CommandRun();

  @AfterEach
  void end() {
    command.close();
  }

  @Test
  void theStorageKeyIsMadeOnce() {
    assertTrue(command.run("provision --json").ok().json().get("made").asBoolean());
    command.run("provision").ok().says("there is already", "0x81000001", "ECC NIST_P256");
    command.run("provision --rsa --handle 81000002").ok().says("made", "RSA 2048");
    command.run("primary list").ok().says("0x81000001", "0x81000002", "storage key");
    command
        .run("provision --rsa")
        .fails(ExitStatus.REFUSED)
        .says("the storage key at 0x81000001 is another kind, ECC NIST_P256");
    command
        .run("provision --handle 0x81800000")
        .fails(ExitStatus.USAGE)
        .says("not among the handles of the owner");
    command
        .run("primary persist --handle 0x81000055 --hierarchy endorsement")
        .fails(ExitStatus.USAGE)
        .says("keeps and removes no keys");
    command.run("provision --ecc --rsa").fails(ExitStatus.USAGE);
    command.run("provision --handle 0x40000001").fails(ExitStatus.USAGE).says("persistent handle");
  }

  @Test
  void whatTheChipIs() {
    command
        .run("caps")
        .ok()
        .says("TPM 2.0 Library", "NIST_P256", "RSA keys", "2048", "wrong PINs", "nothing");
    var chip = command.run("caps --json").ok().json();
    assertEquals(3, chip.get("transientObjects").asInt());
    assertFalse(chip.at("/lockout/locked").asBoolean());
    command.run("selftest").ok().says("has passed");
  }

  @Test
  void passwordsOfHierarchies() {
    command.write("one", "first\n");
    command.write("two", "second\n");
    command.run("hierarchy set-auth owner --new-auth-file @one").ok().says("a new password");
    command.run("provision").fails(ExitStatus.PIN).says("--owner-auth-file");
    command
        .run("provision --owner-auth-file @two")
        .fails(ExitStatus.PIN)
        .says("that is not the password of the owner");
    command.run("provision --owner-auth-file @one").ok().says("made");
    command.run("hierarchy set-auth owner --auth-file @one --new-auth-file @two").ok();
    command.run("hierarchy set-auth owner --auth-file @one --clear").fails(ExitStatus.PIN);
    command.run("hierarchy set-auth owner --auth-file @two --clear").ok().says("no password now");
    command.run("hierarchy set-auth nobody").fails(ExitStatus.USAGE).says("endorsement");
  }

  @Test
  void howWrongPinsAreCounted() {
    command
        .run("lockout set --tries 5 --recovery 100 --lockout-recovery 60")
        .ok()
        .says("0 of 5 counted, one less each 100 s");
    command.token("lab");
    command.run("key generate --label k --pin-file @so-pin").fails(ExitStatus.PIN);
    command.run("lockout show").ok().says("1 of 5 counted");
    command.run("lockout reset").ok().says("0 of 5 counted");
    command.run("lockout set --tries 0").fails(ExitStatus.USAGE).says("lock the TPM for good");
    command.run("hierarchy set-auth lockout --new-auth-file @pin").ok();
    command.run("lockout reset").fails(ExitStatus.PIN).says("--auth-file");
    command.run("lockout reset --auth-file @pin").ok();
  }

  @Test
  void aWrongLockoutPasswordLocksTheLockout() {
    command.run("lockout set --lockout-recovery 500").ok();
    command.run("hierarchy set-auth lockout --new-auth-file @pin").ok();
    command
        .run("lockout reset --auth-file @so-pin")
        .fails(ExitStatus.PIN)
        .says("not the password of the lockout; the TPM takes none for 500 s");
    command
        .run("lockout reset --auth-file @pin")
        .fails(ExitStatus.PIN)
        .says("a wrong lockout password was given before: the TPM takes none for 500 s");
  }

  @Test
  void aLockoutThatWaitsForAReset() {
    command.run("lockout set --lockout-recovery 0").ok().says("until the TPM is reset");
    command.run("hierarchy set-auth lockout --new-auth-file @pin").ok();
    command
        .run("lockout reset --auth-file @so-pin")
        .fails(ExitStatus.PIN)
        .says("until it is reset");
    command.run("lockout reset --auth-file @pin").fails(ExitStatus.PIN).says("given before");
  }

  @Test
  void aPasswordThatIsTooLong() {
    command.write("long", "x".repeat(200) + "\n");
    command
        .run("hierarchy set-auth owner --new-auth-file @long")
        .fails(ExitStatus.PIN)
        .says("too long for this TPM");
  }

  @Test
  void anEndorsementPasswordIsAskedForByItsOption() {
    command.token("lab");
    command.run("key generate --label k --pin-file @pin").ok();
    command.run("hierarchy set-auth endorsement --new-auth-file @pin").ok();
    command
        .run("attest --label k --pin-file @pin")
        .fails(ExitStatus.PIN)
        .says("endorsement", "--endorsement-auth-file");
    command
        .run("attest --label k --pin-file @pin --endorsement-auth-file @so-pin")
        .fails(ExitStatus.PIN)
        .says("endorsement");
  }

  @Test
  void primaryKeysAreKeptAndRemoved() {
    String once = command.run("primary create --ecc --json").ok().json().at("/key/name").asString();
    command.run("primary persist --handle 0x81000005 --ecc").ok().says("kept 0x81000005");
    assertEquals(
        once, command.run("primary list --json").ok().json().at("/keys/0/name").asString());
    command
        .run("primary persist --handle 0x81000005")
        .fails(ExitStatus.REFUSED)
        .says("a key at 0x81000005 already");
    command.run("primary evict --handle 0x81000006").fails(ExitStatus.NOT_FOUND);
    command.run("primary evict --handle 0x81000005").fails(ExitStatus.REFUSED).says("--yes");
    command.run("primary evict --handle 0x81000005 --yes").ok().says("removed");
    command.run("primary create --hierarchy lockout").fails(ExitStatus.USAGE);
  }

  @Test
  void whatOthersLeftIsFlushed() {
    command.run("flush").ok().says("nothing left");
    command.tool("tpm2_createprimary", "-c", "left.ctx");
    command.run("flush").fails(ExitStatus.REFUSED).says("1 objects and sessions", "0x80000000");
    command.run("flush --yes").ok().says("flushed 0x80000000");
    command.run("flush").ok().says("nothing left");
  }

  @Test
  void aTpmThatIsAway() {
    command.loseTpm();
    command.run("caps").fails(ExitStatus.TPM).says("127.0.0.1");
    command.run("provision").fails(ExitStatus.TPM);
    command.run("selftest --json").fails(ExitStatus.TPM);
  }
}
