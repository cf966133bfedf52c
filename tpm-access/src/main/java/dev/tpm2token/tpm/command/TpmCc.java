package dev.tpm2token.tpm.command;

/**
 * TPM_CC, a command code (Part 2, 6.5), and what its row in Part 3 says of sessions: how many of
 * its handles want an authorization, and whether its first parameter, out and back, is a TPM2B and
 * so may be encrypted.
 */
public enum TpmCc {
  EvictControl(0x120, 1, false, false, false),
  HierarchyChangeAuth(0x129, 1, false, true, false),
  CreatePrimary(0x131, 1, true, true, true),
  DictionaryAttackLockReset(0x139, 1, false, false, false),
  DictionaryAttackParameters(0x13A, 1, false, false, false),
  SequenceComplete(0x13E, 1, false, true, true),
  SelfTest(0x143, 0, false, false, false),
  Startup(0x144, 0, false, false, false),
  Shutdown(0x145, 0, false, false, false),
  StirRandom(0x146, 0, false, true, false),
  ActivateCredential(0x147, 2, false, true, true),
  Certify(0x148, 2, false, true, true),
  NV_Read(0x14E, 1, false, false, true),
  ObjectChangeAuth(0x150, 1, false, true, true),
  PolicySecret(0x151, 1, false, true, true),
  Create(0x153, 1, false, true, true),
  ECDH_ZGen(0x154, 1, false, true, true),
  HMAC(0x155, 1, false, true, true),
  Import(0x156, 1, false, true, true),
  Load(0x157, 1, true, true, true),
  RSA_Decrypt(0x159, 1, false, true, true),
  HMAC_Start(0x15B, 1, true, true, false),
  SequenceUpdate(0x15C, 1, false, true, false),
  Sign(0x15D, 1, false, true, false),
  Unseal(0x15E, 1, false, false, true),
  ContextLoad(0x161, 0, true, false, false),
  ContextSave(0x162, 0, false, false, false),
  FlushContext(0x165, 0, false, false, false),
  NV_ReadPublic(0x169, 0, false, false, true),
  PolicyAuthValue(0x16B, 0, false, false, false),
  PolicyCommandCode(0x16C, 0, false, false, false),
  PolicyCounterTimer(0x16D, 0, false, true, false),
  PolicyLocality(0x16F, 0, false, false, false),
  PolicyOR(0x171, 0, false, false, false),
  ReadPublic(0x173, 0, false, false, true),
  StartAuthSession(0x176, 0, true, true, true),
  GetCapability(0x17A, 0, false, false, false),
  GetRandom(0x17B, 0, false, false, true),
  GetTestResult(0x17C, 0, false, false, true),
  PCR_Read(0x17E, 0, false, false, false),
  PolicyPCR(0x17F, 0, false, true, false),
  PolicyRestart(0x180, 0, false, false, false),
  ReadClock(0x181, 0, false, false, false),
  PolicyPhysicalPresence(0x187, 0, false, false, false),
  TestParms(0x18A, 0, false, false, false),
  PolicyPassword(0x18C, 0, false, false, false),
  PolicyNvWritten(0x18F, 0, false, false, false),
  EncryptDecrypt2(0x193, 1, false, true, true);

  /** TPM_CC_FIRST. */
  public static final int FIRST = 0x11F;

  private final int value;
  private final int authorizedHandles;
  private final boolean returnsHandle;
  private final boolean encryptsCommand;
  private final boolean encryptsResponse;

  TpmCc(
      int value,
      int authorizedHandles,
      boolean returnsHandle,
      boolean encryptsCommand,
      boolean encryptsResponse) {
    this.value = value;
    this.authorizedHandles = authorizedHandles;
    this.returnsHandle = returnsHandle;
    this.encryptsCommand = encryptsCommand;
    this.encryptsResponse = encryptsResponse;
  }

  public int value() {
    return value;
  }

  /** How many of the first handles want an authorization each. */
  public int authorizedHandles() {
    return authorizedHandles;
  }

  public boolean returnsHandle() {
    return returnsHandle;
  }

  /** Whether the first command parameter is a TPM2B. */
  public boolean encryptsCommand() {
    return encryptsCommand;
  }

  /** Whether the first response parameter is a TPM2B. */
  public boolean encryptsResponse() {
    return encryptsResponse;
  }
}
