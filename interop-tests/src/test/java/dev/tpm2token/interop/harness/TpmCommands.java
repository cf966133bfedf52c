package dev.tpm2token.interop.harness;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a listener on the bus must know: commands' names, and where their authorisations begin. */
public final class TpmCommands {
  private static final int TPM_ST_SESSIONS = 0x8002;
  private static final int TPM_RS_PW = 0x40000009;
  private static final int HEADER = 10;
  private static final int DECRYPT = 0x20;
  private static final int ENCRYPT = 0x40;

  private record Row(String name, int handles) {}

  /** TPM_CC (Part 2, 6.5.2) → name and number of handles in the command. */
  private static final Map<Integer, Row> ROWS = new TreeMap<>();

  private static void row(int code, String name, int handles) {
    ROWS.put(code, new Row(name, handles));
  }

  static {
    row(0x11f, "NV_UndefineSpaceSpecial", 2);
    row(0x120, "EvictControl", 2);
    row(0x121, "HierarchyControl", 1);
    row(0x122, "NV_UndefineSpace", 2);
    row(0x126, "Clear", 1);
    row(0x127, "ClearControl", 1);
    row(0x129, "HierarchyChangeAuth", 1);
    row(0x12a, "NV_DefineSpace", 1);
    row(0x131, "CreatePrimary", 1);
    row(0x134, "NV_Increment", 2);
    row(0x135, "NV_SetBits", 2);
    row(0x136, "NV_Extend", 2);
    row(0x137, "NV_Write", 2);
    row(0x138, "NV_WriteLock", 2);
    row(0x139, "DictionaryAttackLockReset", 1);
    row(0x13a, "DictionaryAttackParameters", 1);
    row(0x13b, "NV_ChangeAuth", 1);
    row(0x142, "IncrementalSelfTest", 0);
    row(0x143, "SelfTest", 0);
    row(0x144, "Startup", 0);
    row(0x145, "Shutdown", 0);
    row(0x146, "StirRandom", 0);
    row(0x147, "ActivateCredential", 2);
    row(0x148, "Certify", 2);
    row(0x149, "PolicyNV", 3);
    row(0x14a, "CertifyCreation", 2);
    row(0x14b, "Duplicate", 2);
    row(0x14e, "NV_Read", 2);
    row(0x14f, "NV_ReadLock", 2);
    row(0x150, "ObjectChangeAuth", 2);
    row(0x151, "PolicySecret", 2);
    row(0x153, "Create", 1);
    row(0x154, "ECDH_ZGen", 1);
    row(0x155, "HMAC", 1);
    row(0x156, "Import", 1);
    row(0x157, "Load", 1);
    row(0x159, "RSA_Decrypt", 1);
    row(0x15b, "HMAC_Start", 1);
    row(0x15d, "Sign", 1);
    row(0x15e, "Unseal", 1);
    row(0x160, "PolicySigned", 2);
    row(0x161, "ContextLoad", 0);
    row(0x162, "ContextSave", 1);
    row(0x163, "ECDH_KeyGen", 1);
    row(0x164, "EncryptDecrypt", 1);
    row(0x165, "FlushContext", 0);
    row(0x167, "LoadExternal", 0);
    row(0x168, "MakeCredential", 1);
    row(0x169, "NV_ReadPublic", 1);
    row(0x16a, "PolicyAuthorize", 1);
    row(0x16b, "PolicyAuthValue", 1);
    row(0x16c, "PolicyCommandCode", 1);
    row(0x16e, "PolicyCpHash", 1);
    row(0x171, "PolicyOR", 1);
    row(0x173, "ReadPublic", 1);
    row(0x174, "RSA_Encrypt", 1);
    row(0x176, "StartAuthSession", 2);
    row(0x177, "VerifySignature", 1);
    row(0x178, "ECC_Parameters", 0);
    row(0x17a, "GetCapability", 0);
    row(0x17b, "GetRandom", 0);
    row(0x17c, "GetTestResult", 0);
    row(0x17d, "Hash", 0);
    row(0x17e, "PCR_Read", 0);
    row(0x17f, "PolicyPCR", 1);
    row(0x180, "PolicyRestart", 1);
    row(0x181, "ReadClock", 0);
    row(0x184, "NV_Certify", 3);
    row(0x188, "PolicyDuplicationSelect", 1);
    row(0x189, "PolicyGetDigest", 1);
    row(0x18a, "TestParms", 0);
    row(0x18c, "PolicyPassword", 1);
    row(0x18f, "PolicyNvWritten", 1);
    row(0x190, "PolicyTemplate", 1);
    row(0x191, "CreateLoaded", 1);
    row(0x193, "EncryptDecrypt2", 1);
  }

  private TpmCommands() {}

  static String name(int code) {
    Row row = ROWS.get(code);
    return row == null ? "TPM_CC 0x" + Integer.toHexString(code) : row.name();
  }

  /**
   * One authorisation of a command.
   *
   * @param handle the session's handle
   * @param attributes its TPMA_SESSION
   * @param auth the HMAC, or for a password session the password
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  public record Authorisation(int handle, int attributes, byte[] auth) {
    /** Whether it is a password, sent as it is. */
    public boolean isPassword() {
      return handle == TPM_RS_PW;
    }

    /** Whether the command's first parameter is encrypted under it. */
    public boolean encryptsCommand() {
      return (attributes & DECRYPT) != 0;
    }

    /** Whether the response's first parameter is encrypted under it. */
    public boolean encryptsResponse() {
      return (attributes & ENCRYPT) != 0;
    }
  }

  /** The authorisation area of a command (Part 1, 18.4); empty where it has none. */
  public static List<Authorisation> authorisations(byte[] command) {
    ByteBuffer in = ByteBuffer.wrap(command);
    List<Authorisation> found = new ArrayList<>();
    if (Short.toUnsignedInt(in.getShort()) != TPM_ST_SESSIONS) {
      return found;
    }
    Row row = ROWS.get(in.getInt(6));
    if (row == null) {
      throw new AssertionError("a new row is wanted for TPM_CC 0x%x".formatted(in.getInt(6)));
    }
    in.position(HEADER + 4 * row.handles());
    int end = in.getInt() + in.position();
    while (in.position() < end) {
      int handle = in.getInt();
      sized(in);
      found.add(new Authorisation(handle, in.get(), sized(in)));
    }
    return found;
  }

  private static byte[] sized(ByteBuffer in) {
    byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
    in.get(bytes);
    return bytes;
  }
}
