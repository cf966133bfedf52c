package dev.tpm2token.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.harness.CProgram;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the process around the module may do to it: fork, unload it, be small, lose its TPM. */
@ExtendWith(LabExtension.class)
class HostTest {
  @BeforeAll
  static void makeAKey(Lab lab) {
    lab.token("lab");
    lab.keyPair("EC:prime256v1", "01", "key");
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM takes the child for initialised
  void aForkWhileAnotherThreadSigns(Lab lab) {
    CProgram.compile(lab, "fork_while_signing");
    lab.sh("./fork_while_signing $M $PIN").ok().says("10 children signed");
  }

  @Test
  void aSmallStack(Lab lab) {
    CProgram.compile(lab, "small_stack");
    lab.sh("./small_stack $M $PIN").ok().says("signed");
  }

  @Test
  void aFolderThatWasDeletedAndEverySignal(Lab lab) {
    CProgram.compile(lab, "borrowed");
    lab.sh("./borrowed $M $PIN").ok().says("signed, and all handlers are the host's");
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM does not mind whose stack it is
  void anotherStack(Lab lab) {
    CProgram.compile(lab, "other_stack");
    lab.sh("./other_stack $M $PIN").ok().says("refused, and signed");
  }

  @Test
  void manyThreads(Lab lab) {
    CProgram.compile(lab, "many_threads");
    lab.sh("./many_threads $M $PIN").ok().says("400 signatures");
  }

  @Test
  @Tag("tpm2token-only") // 3.0's NULL mechanism ends what is under way; SoftHSM is of 2.40
  void twoThreadsOfOneSession(Lab lab) {
    CProgram.compile(lab, "threads_of_one_session");
    lab.sh("./threads_of_one_session $M $PIN").ok().says("3000 rounds");
  }

  @Test
  void unloadedAndLoadedAgain(Lab lab) {
    CProgram.compile(lab, "dlclose_again");
    lab.sh("./dlclose_again $M $PIN").ok().says("signed five times");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lifecycle $M 200",
        "interfaces $M",
        "threads $M 2",
        "fork_while_calling $M 20",
        "reload $M",
        "slot_events $M"
      })
  @Tag("tpm2token-only") // SoftHSM leaks, takes the child for initialised, and has no interfaces
  void theProcessAroundIt(String commandLine, Lab lab) {
    CProgram.compileOfShim(lab, commandLine.substring(0, commandLine.indexOf(' ')));
    lab.sh("./" + commandLine).ok();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  @Tag("tpm2token-only")
  void anExitWithoutFinalize(int threads, Lab lab) {
    lab.env().put("TPM2TOOLS_TCTI", lab.env().get("TPM2_TOKEN_TCTI"));
    lab.sh("for kind in -t -l -s; do tpm2_flushcontext $kind; done").ok();
    CProgram.compile(lab, "exits");
    for (int i = 0; i < 5; i++) {
      lab.sh("./exits $M $PIN " + threads).ok().says("signed");
    }
    lab.sh(
            """
            for kind in transient loaded-session saved-session; do
              tpm2_getcap handles-$kind
            done >left; cat left; [ ! -s left ]\
            """)
        .ok();
  }

  /** The host is refused a thread, then starts a program that has none of our descriptors. */
  @Test
  @Tag("tpm2token-only") // SoftHSM starts no thread, and holds nothing
  void aThreadThatIsNotToBeHadAndAProgramThatIsStarted(Lab lab) {
    CProgram.compile(lab, "spawns", "-rdynamic");
    lab.sh("./spawns $M $PIN")
        .ok()
        .says("refused a thread", "another thread signed", "holds the TPM", "0 -> /dev/null")
        .doesNotSay("socket:", "anon_inode:", ".lock", "/dev/urandom", "/dev/random", ".json");
  }

  @Test
  void anAddressSpaceOfOneGibibyte(Lab lab) {
    CProgram.compile(lab, "small_stack");
    lab.sh("prlimit --as=1073741824 ./small_stack $M $PIN").ok().says("signed");
  }

  @Test
  @Tag("tpm2token-only")
  void withoutItsTpmItKeepsQuiet(Lab lab) throws IOException {
    CProgram.compile(lab, "no_tpm");
    lab.loseTpm();
    try {
      lab.sh("./no_tpm $M $PIN answers >printed 2>&1; cat printed", Duration.ofSeconds(20)).ok();
      assertEquals("", Files.readString(lab.dir().resolve("printed")));
      String answers = Files.readString(lab.dir().resolve("answers"));
      assertTrue(answers.contains("C_Initialize 0x0\n"), answers);
      assertTrue(answers.contains("C_GetSlotList 0x0\n"), answers);
      assertTrue(answers.contains("C_Finalize 0x0\n"), answers);
      // CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED or CKR_TOKEN_NOT_PRESENT
      assertTrue(
          answers.matches("(?s).*C_Login 0x(30|32|e0)\n.*"),
          "the answer should tell of the device:\n" + answers);
    } finally {
      lab.tpm().powerOn();
    }
  }

  @Test
  @Tag("tpm2token-only")
  void aTpmThatDiesUnderIt(Lab lab) throws IOException, InterruptedException {
    CProgram.compile(lab, "tpm_dies");
    Process host = lab.builder("./tpm_dies", lab.module().library().toString(), Lab.PIN).start();
    BufferedReader answers = host.inputReader(UTF_8);
    OutputStream orders = host.getOutputStream();
    try {
      assertEquals("ready", answers.readLine());
      assertEquals("0x0", sign(orders, answers));
      lab.tpm().kill();
      for (int i = 0; i < 3; i++) {
        String answer = sign(orders, answers);
        assertTrue(answer.matches("0x(30|32|e0)"), "signing without a TPM gave " + answer);
      }
      lab.tpm().powerOn();
      assertEquals("0x0", sign(orders, answers), "after the TPM came back\n" + lab.moduleLog());
      orders.close();
      assertEquals("survived", answers.readLine());
      assertEquals(0, host.waitFor());
    } finally {
      host.destroyForcibly();
    }
  }

  private static String sign(OutputStream orders, BufferedReader answers) throws IOException {
    orders.write('\n');
    orders.flush();
    return String.valueOf(answers.readLine());
  }
}
