package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.SshAgent;
import dev.tpm2token.interop.harness.Sshd;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The page of OpenSSH, from the first key to several tokens, on one server. */
@Documented("openssh")
@Tag("tpm2token-only")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OpensshTest {
  private static final String AGENT_PROMPT = "Enter passphrase for PKCS#11: ";

  private static Sshd sshd;

  @BeforeAll
  static void makeKeys(Lab lab, Guide guide) {
    lab.laptop();
    lab.write("so-pin.txt", Lab.SO_PIN);
    lab.write("letter.txt", "Dear reader\n");
    guide.run(lab, "Make keys").ok().says("ecdsa-sha2-nistp256 AAAA", "ssh-rsa AAAA");
    sshd = Sshd.start(lab);
    authorize(lab, "ec.pub rsa.pub");
  }

  @BeforeEach
  void nobodyAskedYet(Lab lab) {
    lab.askpass(Lab.PIN);
    lab.sh("rm -f asked").ok();
  }

  private static void authorize(Lab lab, String keys) {
    lab.sh("cat %s /dev/null >authorized_keys".formatted(keys)).ok();
  }

  /** What SSH_ASKPASS was asked, in this order, since the test began. */
  private static void assertAsked(Lab lab, String... prompts) {
    List<String> asked = lab.sh("cat asked 2>/dev/null").stdout().lines().toList();
    assertEquals(List.of(prompts), asked);
  }

  @Test
  @Order(1)
  void login(Lab lab, Guide guide) {
    String prompt = "Enter PIN for 'laptop': ";
    guide
        .run(lab, "Log in")
        .ok()
        .says("by an option", "by another", "without any")
        .doesNotSay("PKCS#11");
    assertAsked(lab, prompt, prompt, prompt);
  }

  @Test
  @Order(2)
  void anAgentAsksOnceForItself(Lab lab, Guide guide) {
    guide.run(lab, "An agent").ok().says("(ECDSA)", "(RSA)", "by the agent again");
    assertAsked(lab, AGENT_PROMPT, AGENT_PROMPT);
    SshAgent.start(lab);
    lab.sh("ssh-add -s $M").ok();
  }

  @Test
  @Order(3)
  void signatures(Lab lab, Guide guide) {
    guide.run(lab, "Sign files").ok().says("Good \"file\" signature for me@example.org");
    lab.sh("ssh-keygen -Y sign -f rsa.pub -n file <letter.txt >rsa.sig").ok();
    lab.sh("ssh-keygen -Y verify -f signers -I me@example.org -n file -s rsa.sig <letter.txt").ok();
    lab.sh("ssh-keygen -Y verify -f signers -I me@example.org -n file -s rsa.sig <rsa.pub").fails();
    lab.sh(
            """
            git init -q project && git config --global user.name Me &&
            git config --global user.email me@example.org\
            """)
        .ok();
    guide
        .run(lab, "Sign commits")
        .ok()
        .says("Good \"git\" signature for me@example.org with ECDSA", "with RSA key");
  }

  @Test
  @Order(4)
  void anAuthority(Lab lab, Guide guide) {
    guide
        .run(lab, "An authority for users and hosts")
        .ok()
        .says("Signed user key ec-cert.pub", "Signed host key", "Signing CA: ECDSA");
    authorize(lab, "");
    sshd.restart();
    lab.sh("ssh -o IdentityAgent=none -I $M server true").fails().says("denied");
    lab.sh("ssh-keygen -q -t ed25519 -N '' -f other && ssh-add -e $M && ssh-add -s $M").ok();
    guide
        .run(lab, "Use a certificate")
        .ok()
        .says("by the module", "by the agent", "by this key alone", "Signed user key other");
    lab.sh("ssh -i other -o IdentityAgent=none server echo by the other key")
        .ok()
        .says("by the other key");
    assertEquals(1, lab.sh("cat known_hosts").lines().size()); // no host's key of its own
  }

  @Test
  @Order(5)
  void severalTokens(Lab lab, Guide guide) {
    lab.write("work-pin.txt", "another-pin");
    lab.program(
        "askpass",
        """
        #!/bin/sh
        echo "$1" >>asked
        case "$1 $(grep -c PKCS asked)" in
        *work*|*' 2') cat work-pin.txt ;;
        *) cat pin.txt ;;
        esac
        """);
    lab.sh("ssh-add -e $M").ok();
    lab.sh("touch work.pub && ln -sf work.pub authorized_keys").ok();
    guide.run(lab, "Several tokens").ok().says("by the key of the other token");
    assertAsked(lab, "Enter PIN for 'work': ", AGENT_PROMPT, AGENT_PROMPT);
    lab.sh("ssh-add -l").ok().says(" ssh-ec (ECDSA)", " ssh-rsa (RSA)", " work (ECDSA)");
    lab.sh("ssh -o IdentitiesOnly=yes -i work.pub server echo by the agent").ok();
  }

  @Test
  @Order(6)
  void noPin(Lab lab, Guide guide) {
    lab.sh("touch robot.pub && ln -sf robot.pub authorized_keys").ok();
    guide.run(lab, "No PIN").ok().says("nobody was asked", "pin required");
    assertAsked(lab);
  }

  @Test
  @Order(7)
  void aHostKey(Lab lab, Guide guide) {
    SshAgent.start(lab);
    guide.run(lab, "A host key").ok().says("Card added");
    assertAsked(lab);
    lab.sh("sed -i '/host_key/d' sshd_config").ok();
    sshd.restart();
    lab.sh("for key in host host-rsa; do echo server $(cat $key.pub); done >known_hosts").ok();
    for (String algorithm : new String[] {"ecdsa-sha2-nistp256", "rsa-sha2-256", "rsa-sha2-512"}) {
      lab.sh(
              "ssh -o StrictHostKeyChecking=yes -o HostKeyAlgorithms=%s server echo hello"
                  .formatted(algorithm))
          .ok()
          .says("hello");
    }
  }

  @Test
  @Order(8)
  void whatToLookAt(Lab lab, Guide guide) {
    guide.run(lab, "When it does not work").ok().says("All is well");
  }
}
