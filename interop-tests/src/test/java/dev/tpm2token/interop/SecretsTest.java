package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import dev.tpm2token.interop.harness.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where the command takes PINs from: a terminal, a helper program, an open descriptor. */
@ExtendWith(LabExtension.class)
@Tag("tpm2token-only")
class SecretsTest {
  /**
   * Runs a command on a terminal of its own, whose screen is the file "screen". "answer PROMPT
   * WORDS" waits for the prompt, as a person does, and types the words.
   */
  private static final String TERMINAL =
      """
      trap '' PIPE; rm -f keys screen; mkfifo keys
      script -qefc "$COMMAND" screen <keys >out 2>&1 & running=$!
      exec 3>keys
      answer() {
        for i in $(seq 400); do grep -aq -- "$1" screen 2>/dev/null && break; sleep 0.05; done
        printf '%s\\n' "$2" >&3
      }
      """;

  @BeforeAll
  static void makeAToken(Lab lab) {
    lab.token("lab");
    lab.tpm().allowTries(100);
  }

  private static Outcome typing(Lab lab, String command, String answers) {
    lab.env().put("COMMAND", command);
    return lab.sh(TERMINAL + answers + "exec 3>&-; wait $running");
  }

  private static String screen(Lab lab) throws IOException {
    return Files.readString(lab.dir().resolve("screen"));
  }

  @Test
  void aPinThatIsTypedIsNotShown(Lab lab) throws IOException {
    typing(
            lab,
            "tpm2-token key generate --token lab --label typed",
            """
            answer 'user PIN of lab' "$PIN"
            """)
        .ok();
    assertFalse(screen(lab).contains(Lab.PIN), screen(lab));
  }

  @Test
  void aNewPinIsTypedTwice(Lab lab) throws IOException {
    lab.sh("tpm2-token token init --label other --so-pin-file - --pin-file - <<<$'officer\\n'$PIN")
        .ok();
    String change = "tpm2-token pin change --token other";
    typing(
            lab,
            change,
            """
            answer 'user PIN of other' "$PIN"
            answer 'New .*PIN of other:' 'first-try'
            answer 'again' 'second-try'
            """)
        .fails();
    assertTrue(screen(lab).contains("not the same"), screen(lab));
    typing(
            lab,
            change,
            """
            answer 'user PIN of other' "$PIN"
            answer 'New .*PIN of other:' 'changed-pin'
            answer 'again' 'changed-pin'
            """)
        .ok();
    lab.sh("tpm2-token key generate --token other --label k --pin-file - <<<changed-pin").ok();
  }

  @Test
  void aWrongPinThatIsTyped(Lab lab) throws IOException {
    typing(
            lab,
            "tpm2-token key generate --token lab --label k",
            """
            answer 'user PIN of lab' 'wrong-pin'
            """)
        .fails();
    assertTrue(screen(lab).contains("that is not the user PIN of lab"), screen(lab));
  }

  @Test
  void aHelperProgram(Lab lab) throws IOException {
    lab.program("helper", "#!/bin/sh\necho \"$1\" >>helped\necho \"$PIN\"\n");
    lab.sh("tpm2-token key generate --token lab --label helped --askpass helper").ok();
    assertEquals(
        "user PIN of lab: ", Files.readString(lab.dir().resolve("helped")).stripTrailing() + " ");
    lab.program("helper", "#!/bin/sh\nexit 1\n");
    lab.sh("tpm2-token key generate --token lab --label k --askpass helper; test $? = 4").ok();
    lab.sh("tpm2-token key generate --token lab --label k --askpass no-such-helper; test $? = 4")
        .ok();
  }

  @Test
  void sshAskpassWhereItIsDemanded(Lab lab) {
    lab.program("asker", "#!/bin/sh\necho \"$PIN\"\n");
    lab.sh(
            "SSH_ASKPASS=asker SSH_ASKPASS_REQUIRE=force tpm2-token key generate --token lab"
                + " --label asked && tpm2-token key list --token lab --pin-file - <<<$PIN")
        .ok()
        .says("asked");
    lab.sh("SSH_ASKPASS=asker setsid tpm2-token key generate --token lab --label k; test $? = 4")
        .ok();
  }

  @Test
  void anOpenDescriptor(Lab lab) {
    lab.sh("tpm2-token key generate --token lab --label fd --pin-file /dev/fd/5 5<<<$PIN").ok();
    lab.sh(
            "tpm2-token key generate --token lab --label k --pin-file /dev/fd/5 5<<<wrong-pin; test"
                + " $? = 4")
        .ok();
    lab.sh("tpm2-token key generate --token lab --label k --pin-file /dev/fd/250; test $? = 3")
        .ok();
  }
}
