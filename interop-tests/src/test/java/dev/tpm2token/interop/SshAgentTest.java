package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import dev.tpm2token.interop.harness.SshAgent;
import dev.tpm2token.interop.harness.Sshd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** ssh-agent, which loads the module in a helper, unloads it, and loads it again. */
@ExtendWith(LabExtension.class)
class SshAgentTest {
  @Test
  void anAgentsDay(Lab lab) {
    lab.token("lab");
    lab.keyPair("rsa:2048", "01", "rsakey");
    lab.keyPair("EC:prime256v1", "02", "eckey");
    lab.sh("ssh-keygen -D $M >authorized_keys").ok();
    Sshd.start(lab);
    SshAgent.start(lab);
    lab.askpass(Lab.PIN);

    lab.sh("ssh-add -s $M").ok().says("Card added");
    assertEquals(2, lab.sh("ssh-add -L").ok().lines().size());
    lab.sh("ssh-add -T authorized_keys").ok();
    lab.sh("$SSH 127.0.0.1 echo logged in").ok().says("logged in");
    lab.sh("$SSH -o PubkeyAcceptedAlgorithms=ecdsa-sha2-nistp256 127.0.0.1 echo by ec")
        .ok()
        .says("by ec");

    lab.write("text", "signed by an agent");
    lab.sh("ssh-keygen -D $M | grep ecdsa >ec.pub && ssh-keygen -Y sign -f ec.pub -n file text")
        .ok();
    lab.sh("sed 's/^/lab /' ec.pub >signers").ok();
    lab.sh("ssh-keygen -Y verify -f signers -I lab -n file -s text.sig <text").ok().says("Good");

    lab.sh("ssh-add -e $M").ok().says("Card removed");
    lab.sh("ssh-add -L").fails().says("no identities");
    lab.sh("ssh-add -s $M").ok().says("Card added");
    lab.sh("$SSH 127.0.0.1 echo once more").ok().says("once more");
  }

  @Test
  void aWrongPin(Lab lab) {
    lab.token("lab");
    lab.keyPair("EC:prime256v1", "01", "eckey");
    SshAgent.start(lab);
    lab.askpass("not-the-pin");
    lab.sh("ssh-add -s $M").fails().says("Could not add card");
    lab.askpass(Lab.PIN);
    lab.sh("ssh-add -s $M").ok();
  }
}
