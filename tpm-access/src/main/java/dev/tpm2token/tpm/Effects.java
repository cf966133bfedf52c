package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.CreatePrimary;
import dev.tpm2token.tpm.command.Load;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.command.TpmCommand;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether what was sent to a TPM that then was lost can be done once more. It cannot where nobody
 * knows whether the TPM has done it, and a second time would change something: its persistent
 * memory, or, by an authorization that may be wrong, the counter of its dictionary attack
 * protection.
 */
final class Effects {
  private static final Set<TpmCc> NONE =
      EnumSet.of(
          TpmCc.ActivateCredential,
          TpmCc.Certify,
          TpmCc.ContextLoad,
          TpmCc.ContextSave,
          TpmCc.CreatePrimary,
          TpmCc.ECDH_ZGen,
          TpmCc.EncryptDecrypt2,
          TpmCc.FlushContext,
          TpmCc.GetCapability,
          TpmCc.GetRandom,
          TpmCc.GetTestResult,
          TpmCc.HMAC,
          TpmCc.HMAC_Start,
          TpmCc.Load,
          TpmCc.NV_Read,
          TpmCc.NV_ReadPublic,
          TpmCc.PCR_Read,
          TpmCc.PolicyAuthValue,
          TpmCc.PolicyCommandCode,
          TpmCc.PolicyCounterTimer,
          TpmCc.PolicyLocality,
          TpmCc.PolicyNvWritten,
          TpmCc.PolicyOR,
          TpmCc.PolicyPCR,
          TpmCc.PolicyPassword,
          TpmCc.PolicyPhysicalPresence,
          TpmCc.PolicyRestart,
          TpmCc.PolicySecret,
          TpmCc.RSA_Decrypt,
          TpmCc.ReadClock,
          TpmCc.ReadPublic,
          TpmCc.SelfTest,
          TpmCc.SequenceComplete,
          TpmCc.SequenceUpdate,
          TpmCc.Sign,
          TpmCc.StartAuthSession,
          TpmCc.Startup,
          TpmCc.StirRandom,
          TpmCc.TestParms,
          TpmCc.Unseal);

  private final Set<TpmHandle> guarded = new HashSet<>();
  private boolean any;

  /** A new piece of work begins. */
  void begin() {
    any = false;
  }

  /** Whether something may have been changed since then. */
  boolean any() {
    return any;
  }

  void sending(TpmCommand<?> command) {
    TpmCc code = command.code();
    List<TpmHandle> authorized = command.handles().subList(0, code.authorizedHandles());
    any |=
        !NONE.contains(code)
            || authorized.contains(TpmHandle.LOCKOUT)
            || authorized.stream().anyMatch(guarded::contains);
  }

  /**
   * An object is there, loaded or kept; the TPM counts wrong authorizations of it unless it has
   * noDA.
   */
  void isThere(TpmHandle handle, TpmtPublic publicArea) {
    if (publicArea.objectAttributes().has(ObjectAttributes.NO_DA)) {
      guarded.remove(handle);
    } else {
      guarded.add(handle);
    }
  }

  /** The public area of what a command has loaded. */
  static TpmtPublic publicArea(TpmCommand<?> command, Object response) {
    if (command instanceof Load load) {
      return load.inPublic();
    }
    if (response instanceof CreatePrimary.Response made) {
      return made.outPublic();
    }
    throw new IllegalStateException("an unknown way to load an object");
  }
}
