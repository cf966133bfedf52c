package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.GetCapability;
import dev.tpm2token.tpm.structure.TpmsCapabilityData;
import java.util.Map;

/**
 * Where the TPM's protection against guessing stands: Part 1, 19.8.
 *
 * @param lockoutCounter how many wrong authorizations it counts now
 * @param maxAuthFail at how many it locks
 * @param lockoutInterval after how many seconds it counts one less; 0: it does not lock at all
 * @param lockoutRecovery for how many seconds the lockout authorization is locked after a wrong
 *     one; 0: until the TPM is reset, as a reboot does
 * @param inLockout whether it is locked
 */
public record DictionaryAttack(
    int lockoutCounter,
    int maxAuthFail,
    int lockoutInterval,
    int lockoutRecovery,
    boolean inLockout) {
  // TPM_PT: Part 2, 6.13; TPMA_PERMANENT: 8.6.
  private static final int PERMANENT = 0x200;
  private static final int LOCKOUT_COUNTER = 0x20E;
  private static final int MAX_AUTH_FAIL = 0x20F;
  private static final int LOCKOUT_INTERVAL = 0x210;
  private static final int LOCKOUT_RECOVERY = 0x211;
  private static final int IN_LOCKOUT = 1 << 9;

  /** How many wrong authorizations are left; 0 where it is locked. */
  public int triesLeft() {
    return inLockout ? 0 : Math.max(0, maxAuthFail - lockoutCounter);
  }

  /** Whether guessing is hindered: TPM2_DictionaryAttackParameters may have switched it off. */
  public boolean isOn() {
    return lockoutInterval != 0;
  }

  /** Asks the TPM, in one command. */
  public static DictionaryAttack read(Tpm tpm) {
    int count = LOCKOUT_RECOVERY - PERMANENT + 1;
    GetCapability all = new GetCapability(TpmsCapabilityData.TPM_PROPERTIES, PERMANENT, count);
    Map<Integer, Integer> values = Capabilities.properties(tpm.execute(all));
    return new DictionaryAttack(
        values.getOrDefault(LOCKOUT_COUNTER, 0),
        values.getOrDefault(MAX_AUTH_FAIL, 0),
        values.getOrDefault(LOCKOUT_INTERVAL, 0),
        values.getOrDefault(LOCKOUT_RECOVERY, 0),
        (values.getOrDefault(PERMANENT, 0) & IN_LOCKOUT) != 0);
  }
}
