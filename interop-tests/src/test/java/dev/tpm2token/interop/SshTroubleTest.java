package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import dev.tpm2token.interop.harness.Outcome;
import dev.tpm2token.interop.harness.SshAgent;
import dev.tpm2token.interop.harness.Sshd;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the user of OpenSSH is told when a login cannot be: the table of docs/clients/openssh.md.
 */
@ExtendWith(LabExtension.class)
@Tag("tpm2token-only")
class SshTroubleTest {
  /** With a token of two keys, both of which the server would take. */
  private static final String LOGIN = "ssh -I $M -o IdentityAgent=none server echo logged in";

  private static final String BY_AGENT = "ssh server echo logged in";
  private static final String CERTIFY = "ssh-keygen -s ca.pub -D $M -I me -n me other.pub";

  @BeforeAll
  static void authorize(Lab lab) {
    lab.laptop();
    for (String type : new String[] {"ec:p256", "rsa:2048"}) {
      lab.sh("tpm2-token key generate --label key --type %s --pin-file pin.txt".formatted(type))
          .ok();
    }
    lab.sh("ssh-keygen -D $M >authorized_keys && head -n 1 authorized_keys >ca.pub").ok();
    lab.sh("ssh-keygen -q -t ed25519 -N '' -f other").ok();
    Sshd.start(lab);
    SshAgent.start(lab);
  }

  @BeforeEach
  void allIsWell(Lab lab) {
    lab.tpm().allowTries(32);
    lab.tpm().forgive();
    lab.askpass(Lab.PIN);
    lab.sh("rm -f module.log; ssh-add -e $M");
    lab.sh("ssh-add -s $M").ok();
    lab.sh(BY_AGENT).ok().says("logged in");
  }

  private static void assertCounted(Lab lab, int wrong) {
    lab.sh("tpm2-token lockout show").ok().says(wrong + " of ");
  }

  private static void assertLogged(Lab lab, String reason) {
    lab.sh("cat module.log").ok().says(reason);
  }

  @Test
  void aWrongPinCountsOnceARun(Lab lab) {
    lab.askpass("wrong-pin");
    Outcome login = lab.sh(LOGIN).fails().says("PKCS#11 login failed: PIN incorrect", "denied");
    assertEquals(2, login.stderr().lines().filter(line -> line.contains("incorrect")).count());
    assertCounted(lab, 1);
    assertLogged(lab, "the TPM refuses the PIN, and locks after 31 more");
    lab.sh(CERTIFY).fails().says("PIN incorrect", "Couldn't certify key other.pub");
    assertCounted(lab, 2);
    lab.sh("ssh-add -e $M").ok();
    lab.sh("rm module.log").ok();
    lab.sh("ssh-add -s $M").fails().says("Could not add card", "agent refused operation");
    assertCounted(lab, 3);
    assertLogged(lab, "the TPM refuses the PIN, and locks after 29 more");
  }

  @Test
  void aTpmThatIsLocked(Lab lab) {
    lab.tpm().allowTries(1);
    lab.askpass("wrong-pin");
    lab.sh(CERTIFY).fails();
    lab.askpass(Lab.PIN);
    lab.sh(LOGIN).fails().says("PKCS#11 login failed: PIN locked", "denied");
    lab.sh(CERTIFY).fails().says("PKCS#11 login failed: PIN locked");
    assertLogged(lab, "the TPM takes no PIN after too many wrong ones");
    assertCounted(lab, 1);
    lab.sh("tpm2-token doctor").fails().says("the TPM is locked", "tpm2-token lockout reset");
    lab.sh(BY_AGENT).ok().says("logged in");
    lab.sh("tpm2-token lockout reset").ok();
    lab.sh(LOGIN).ok().says("logged in");
  }

  @Test
  void aTpmThatIsAway(Lab lab) {
    lab.loseTpm();
    try {
      lab.sh("ssh-keygen -D $M").ok().says("ecdsa-sha2-nistp256", "ssh-rsa");
      lab.sh(LOGIN).fails().says("PKCS#11 login failed: error 48", "denied");
      lab.sh(CERTIFY).fails().says("PKCS#11 login failed: error 48");
      assertLogged(lab, "nothing listens there");
      lab.sh(BY_AGENT).fails().says("agent refused operation");
      lab.sh("tpm2-token doctor").fails().says("nothing listens there", "set TPM2_TOKEN_TCTI");
    } finally {
      lab.tpm().powerOn();
    }
    lab.sh(BY_AGENT).ok().says("logged in");
    lab.sh(LOGIN).ok().says("logged in");
  }

  /** No TPM was ever asked anything by this way. */
  @Test
  void aTpmThatNeverWas(Lab lab) {
    lab.sh("TPM2_TOKEN_TCTI=device:/dev/no-tpm ssh-keygen -D $M").ok().says("ssh-rsa");
    lab.sh("TPM2_TOKEN_TCTI=device:/dev/no-tpm TPM2_TOKEN_LOG=stderr " + LOGIN)
        .fails()
        .says("/dev/no-tpm: there is no such device", "PKCS#11 login failed: error 48")
        .doesNotSay("C_FindObjects");
  }

  @Test
  void aStoreThatIsGone(Lab lab) {
    lab.sh("mv store elsewhere").ok();
    try {
      lab.sh("ssh-keygen -D $M").fails().says("cannot read public key from pkcs11");
      lab.sh("TPM2_TOKEN_LOG=stderr " + LOGIN).fails().says("there is no store at", "denied");
      lab.sh("rm module.log").ok();
      lab.sh(BY_AGENT).fails().says("agent refused operation");
      assertLogged(lab, "there is no token in ");
      lab.sh("tpm2-token doctor").says("not there yet");
    } finally {
      lab.sh("mv elsewhere store").ok();
    }
    lab.sh(BY_AGENT).ok().says("logged in");
    lab.sh(LOGIN).ok().says("logged in");
  }
}
