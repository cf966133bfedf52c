package dev.tpm2token.tpm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import dev.tpm2token.tpm.structure.TpmsCapabilityData;
import dev.tpm2token.tpm.structure.TpmsContext;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import dev.tpm2token.tpm.wire.TpmReader;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Responses of every command that gives more than a response code, read from any bytes. */
class ResponseTest {
  private static final TpmHandle KEY = new TpmHandle(0x8000_0000);
  private static final byte[] NONE = {};
  private static final TpmtPublic TEMPLATE =
      TpmtPublic.template(new ObjectAttributes(0), new TpmuPublicParms.KeyedHash(TpmtScheme.NULL));
  private static final TpmsSensitiveCreate SECRET = new TpmsSensitiveCreate(NONE, NONE);

  private static final List<TpmCommand<?>> COMMANDS =
      List.of(
          new ActivateCredential(KEY, KEY, NONE, NONE),
          new Certify(KEY, KEY, NONE, TpmtScheme.NULL),
          new ContextLoad(new TpmsContext(1, KEY, TpmHandle.OWNER, NONE)),
          new ContextSave(KEY),
          new Create(KEY, SECRET, TEMPLATE),
          new CreatePrimary(TpmHandle.OWNER, SECRET, TEMPLATE),
          new ECDH_ZGen(KEY, new TpmsEccPoint(NONE, NONE)),
          new FlushContext(KEY),
          new GetCapability(TpmsCapabilityData.ALGS, 0, 1),
          new GetRandom(8),
          new GetTestResult(),
          new EncryptDecrypt2(KEY, NONE, false, TpmAlgId.CBC, NONE),
          new HMAC(KEY, NONE, TpmAlgId.SHA256),
          new HMAC_Start(KEY, NONE, TpmAlgId.SHA256),
          new SequenceComplete(KEY, NONE),
          new Load(KEY, NONE, TEMPLATE),
          new NV_Read(KEY, KEY, 1, 0),
          new NV_ReadPublic(KEY),
          new PolicySecret(KEY, KEY),
          new PCR_Read(new TpmlPcrSelection(List.of())),
          new ObjectChangeAuth(KEY, TpmHandle.STORAGE_ROOT_KEY, NONE),
          new RSA_Decrypt(KEY, NONE, TpmtScheme.NULL, NONE),
          new ReadClock(),
          new ReadPublic(KEY),
          new Sign(KEY, NONE, TpmtScheme.NULL),
          new StartAuthSession(
              KEY, TpmHandle.NULL, NONE, NONE, 0, TpmtSymDefObject.NULL, TpmAlgId.SHA256),
          new Unseal(KEY));

  @Property
  void nothingButAProtocolException(@ForAll @Size(max = 300) byte[] bytes) {
    COMMANDS.forEach(command -> read(command, bytes));
  }

  /** Sizes and selectors that begin as they should lead the readers further in. */
  @Property
  void norWhereTheBeginningIsRight(
      @ForAll @Size(max = 8) byte[] beginning, @ForAll @Size(max = 200) byte[] rest) {
    for (int type : new int[] {0x0001, 0x0008, 0x0014, 0x0018, 0x0023, 0x0025}) {
      byte[] bytes = new byte[2 + beginning.length + rest.length];
      bytes[1] = (byte) type;
      System.arraycopy(beginning, 0, bytes, 2, beginning.length);
      System.arraycopy(rest, 0, bytes, 2 + beginning.length, rest.length);
      COMMANDS.forEach(command -> read(command, bytes));
    }
  }

  private static void read(TpmCommand<?> command, byte[] bytes) {
    try {
      TpmReader.readAll(bytes, command::readResponse);
    } catch (TpmProtocolException e) {
      // as it should
    }
  }

  @Test
  void whatIsReadIsWhatIsThere() {
    byte[] random = TpmReader.readAll(new byte[] {0, 1, 7}, new GetRandom(1)::readResponse);
    assertEquals(7, random[0]);
  }
}
