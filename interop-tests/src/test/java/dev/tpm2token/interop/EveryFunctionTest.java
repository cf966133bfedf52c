package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.harness.CProgram;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import dev.tpm2token.interop.harness.Outcome;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Null pointers, handles of nobody and absurd lengths into all 68 functions and those of 3.x, in a
 * process of its own: the module answers with an error, and lives.
 */
@ExtendWith(LabExtension.class)
class EveryFunctionTest {
  /** Functions that may do their work whatever they are given here. */
  private static final Set<String> MAY_SUCCEED =
      Set.of(
          "C_GetFunctionList",
          "C_GetInfo",
          "C_GetSlotList",
          "C_GetSlotInfo",
          "C_GetTokenInfo",
          "C_GetMechanismList",
          "C_GetMechanismInfo",
          "C_GetSessionInfo",
          "C_OpenSession",
          "C_GetObjectSize",
          "C_FindObjects",
          "C_FindObjectsFinal",
          "C_DigestInit",
          "C_SignInit",
          "C_VerifyInit",
          "C_Digest",
          "C_DigestUpdate",
          "C_DigestFinal",
          "C_SessionCancel",
          "C_GetSessionValidationFlags",
          "C_MessageEncryptInit", // without a mechanism they end what is under way
          "C_MessageDecryptInit",
          "C_MessageSignInit",
          "C_MessageVerifyInit");

  /** With nothing given and nothing wanted, these have nothing to refuse either. */
  private static final Set<String> MAY_DO_NOTHING =
      Set.of(
          "C_FindObjectsInit",
          "C_SeedRandom",
          "C_GenerateRandom",
          "C_GetAttributeValue",
          "C_SetAttributeValue");

  private record Answer(String function, String way, Rv rv) {}

  @BeforeAll
  static void compile(Lab lab) {
    CProgram.compile(lab, "every_function");
    lab.token("lab");
    lab.keyPair("EC:prime256v1", "01", "key");
  }

  @Test
  void beforeInitialize(Lab lab) {
    for (Answer answer : run(lab, "before")) {
      Set<Rv> right =
          switch (answer.function) {
            case "C_GetFunctionList" -> Set.of(Rv.CKR_OK, Rv.CKR_ARGUMENTS_BAD);
            case "C_Finalize", "C_Initialize" ->
                Set.of(Rv.CKR_ARGUMENTS_BAD, Rv.CKR_CRYPTOKI_NOT_INITIALIZED);
            case "C_GetFunctionStatus", "C_CancelFunction" ->
                Set.of(Rv.CKR_FUNCTION_NOT_PARALLEL, Rv.CKR_CRYPTOKI_NOT_INITIALIZED);
            default -> Set.of(Rv.CKR_CRYPTOKI_NOT_INITIALIZED);
          };
      assertTrue(right.contains(answer.rv), answer.toString());
    }
  }

  @Test
  void withoutASession(Lab lab) {
    run(lab, "initialised").forEach(this::refuses);
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM dies of a PIN of absurd length
  void withASession(Lab lab) {
    run(lab, "session $PIN").forEach(this::refuses);
  }

  private void refuses(Answer answer) {
    boolean absurd = answer.way.contains("absurd");
    boolean right =
        answer.rv != Rv.CKR_OK
            || MAY_SUCCEED.contains(answer.function)
            || (!absurd && MAY_DO_NOTHING.contains(answer.function));
    assertTrue(right, answer.toString());
    assertTrue(answer.rv != Rv.UNKNOWN, answer.toString());
  }

  private static List<Answer> run(Lab lab, String phase) {
    Outcome outcome = lab.sh("./every_function $M " + phase);
    outcome.ok().says("survived");
    return outcome.lines().stream()
        .map(line -> line.split(" ", -1))
        .filter(words -> words.length == 3)
        .map(words -> new Answer(words[0], words[1], Rv.of(Long.decode(words[2]))))
        .toList();
  }
}
