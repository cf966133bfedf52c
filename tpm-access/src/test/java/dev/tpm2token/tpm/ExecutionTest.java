package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.command.GetRandom;
import dev.tpm2token.tpm.command.Load;
import dev.tpm2token.tpm.command.StartAuthSession;
import dev.tpm2token.tpm.command.TpmCommand;
import dev.tpm2token.tpm.command.Unseal;
import dev.tpm2token.tpm.structure.Name;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.transport.Transport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commands and responses byte by byte, as Part 1, 18 and Part 3 have them. */
class ExecutionTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final TpmHandle OBJECT = new TpmHandle(0x8000_0000);

  private final List<String> sent = new ArrayList<>();

  /** Answers with these responses, one after the other. */
  private Execution answering(String... responses) {
    return new Execution(
        new Transport() {
          @Override
          public byte[] transmit(byte[] command) {
            sent.add(HEX.formatHex(command));
            return HEX.parseHex(responses[sent.size() - 1]);
          }

          @Override
          public void close() {}
        });
  }

  private static <R> R execute(Execution execution, TpmCommand<R> command, Authorization... list) {
    return execution.execute(command, Name::of, List.of(list));
  }

  @Test
  void unseals() {
    Execution execution =
        answering(
            "8002"
                + "00000019"
                + "00000000"
                + "00000006"
                + "0004cafebabe"
                + "0000"
                + "01"
                + "0000");
    byte[] data = execute(execution, new Unseal(OBJECT), Authorization.EMPTY);
    assertArrayEquals(HEX.parseHex("cafebabe"), data);
    assertEquals(
        "8002" // TPM_ST_SESSIONS
            + "0000001b"
            + "0000015e" // TPM_CC_Unseal
            + "80000000"
            + "00000009" // the size of the authorization area
            + "40000009" // TPM_RS_PW
            + "0000"
            + "01" // continueSession
            + "0000",
        sent.getFirst());
  }

  @Test
  void loads() {
    Execution execution =
        answering(
            "8002"
                + "0000001b"
                + "00000000"
                + "80000001"
                + "00000004"
                + "0002000b"
                + "0000"
                + "01"
                + "0000");
    Load.Response loaded =
        execute(
            execution,
            new Load(TpmHandle.STORAGE_ROOT_KEY, HEX.parseHex("aabb"), Templates.SEALED),
            Authorization.EMPTY);
    assertEquals(new TpmHandle(0x8000_0001), loaded.objectHandle());
    assertEquals(
        "8002"
            + "0000002f"
            + "00000157" // TPM_CC_Load
            + "81000001"
            + "00000009"
            + "40000009"
            + "0000"
            + "01"
            + "0000"
            + "0002aabb" // inPrivate
            + "000e"
            + "0008"
            + "000b" // inPublic: TPM_ALG_KEYEDHASH, nameAlg TPM_ALG_SHA256
            + "00000052" // fixedTPM, fixedParent, userWithAuth
            + "0000" // authPolicy
            + "0010" // scheme TPM_ALG_NULL
            + "0000", // unique
        sent.getFirst());
  }

  @Test
  void startsASession() {
    Execution execution = answering("8001" + "00000012" + "00000000" + "02000000" + "00021234");
    StartAuthSession.Response started =
        execute(
            execution,
            new StartAuthSession(
                TpmHandle.STORAGE_ROOT_KEY,
                TpmHandle.NULL,
                HEX.parseHex("0102"),
                HEX.parseHex("030405"),
                StartAuthSession.HMAC,
                TpmtSymDefObject.AES_128_CFB,
                TpmAlgId.SHA256));
    assertEquals(new TpmHandle(0x0200_0000), started.sessionHandle());
    assertArrayEquals(HEX.parseHex("1234"), started.nonceTpm());
    assertEquals(
        "8001"
            + "00000024"
            + "00000176" // TPM_CC_StartAuthSession
            + "81000001"
            + "40000007" // tpmKey, bind
            + "00020102"
            + "0003030405" // nonceCaller, encryptedSalt
            + "00" // TPM_SE_HMAC
            + "000600800043" // AES, 128, CFB
            + "000b", // SHA-256
        sent.getFirst());
  }

  @Test
  void asksAgainOnlyWhenTheTpmSaysSo() {
    String random = "8001" + "0000000e" + "00000000" + "0002abcd";
    Execution busy = answering("80010000000a00000922", "80010000000a0000090a", random);
    assertArrayEquals(HEX.parseHex("abcd"), execute(busy, new GetRandom(2)));
    assertEquals(3, sent.size());
    sent.clear();
    TpmResponseException e =
        assertThrows(
            TpmResponseException.class,
            () -> execute(answering("80010000000a00000921"), new GetRandom(2)));
    assertTrue(e.is(TpmRc.LOCKOUT));
    assertEquals("TPM2_GetRandom: TPM_RC_LOCKOUT (0x921)", e.getMessage());
  }

  @Test
  void refusesResponsesThatAreNotWhole() {
    byte[] whole =
        HEX.parseHex(
            "8002"
                + "00000019"
                + "00000000"
                + "00000006"
                + "0004cafebabe"
                + "0000"
                + "01"
                + "0000");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length >= 6) {
        cut[5] = (byte) length; // so that the size is right
      }
      refuses(cut);
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    longer[5]++;
    refuses(longer);
    byte[] tag = whole.clone();
    tag[1] = 1;
    refuses(tag);
  }

  private void refuses(byte[] response) {
    sent.clear();
    Execution execution = answering(HEX.formatHex(response));
    assertThrows(
        TpmProtocolException.class,
        () -> execute(execution, new Unseal(OBJECT), Authorization.EMPTY),
        () -> HEX.formatHex(response));
  }
}
