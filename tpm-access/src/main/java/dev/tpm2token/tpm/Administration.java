package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.DictionaryAttackLockReset;
import dev.tpm2token.tpm.command.DictionaryAttackParameters;
import dev.tpm2token.tpm.command.EvictControl;
import dev.tpm2token.tpm.command.FlushContext;
import dev.tpm2token.tpm.command.GetCapability;
import dev.tpm2token.tpm.command.HierarchyChangeAuth;
import dev.tpm2token.tpm.command.ReadPublic;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsCapabilityData;
import dev.tpm2token.tpm.structure.TpmtPublic;
import java.util.ArrayList;
import java.util.List;

/**
 * What the owner of a TPM does with it, within one {@link TpmDevice#call}. Each authorization is an
 * HMAC in a salted session, and a new password is encrypted in it: neither the old nor the new one
 * crosses the bus in the clear. The salt goes to a storage key of {@link KnownParents}, so that
 * nobody who sits on the bus can read it by answering in the TPM's place. Only where none is known,
 * as before the first token, does it go to what says that it is a key of this TPM: there the bus is
 * trusted ({@link Tpm#hierarchy}).
 */
public final class Administration {
  // First handles of a kind: Part 2, 7.2.
  private static final int FIRST_PERSISTENT = 0x8100_0000;
  private static final int FIRST_TRANSIENT = 0x8000_0000;
  private static final int FIRST_LOADED_SESSION = 0x0200_0000;
  private static final int FIRST_SAVED_SESSION = 0x0300_0000;

  private static final int PERMANENT = 0x200;
  private static final int OWNER_AUTH_SET = 1;
  private static final int ENDORSEMENT_AUTH_SET = 1 << 1;
  private static final int LOCKOUT_AUTH_SET = 1 << 2;

  private final Tpm tpm;

  /** For one lease. */
  public Administration(Tpm tpm) {
    this.tpm = tpm;
  }

  /** Whether a hierarchy, or the lockout, has a password: TPMA_PERMANENT, Part 2, 8.6. */
  public boolean hasPassword(TpmHandle hierarchy) {
    int bit =
        switch (hierarchy.value()) {
          case 0x4000_0001 -> OWNER_AUTH_SET;
          case 0x4000_000B -> ENDORSEMENT_AUTH_SET;
          case 0x4000_000A -> LOCKOUT_AUTH_SET;
          default -> 0; // the platform's is the firmware's affair
        };
    GetCapability permanent = new GetCapability(TpmsCapabilityData.TPM_PROPERTIES, PERMANENT, 1);
    int set = Capabilities.properties(tpm.execute(permanent)).getOrDefault(PERMANENT, 0);
    return (set & bit) != 0;
  }

  /** An object and where it is. */
  public record Held(TpmHandle handle, TpmtPublic publicArea) {}

  private Authorization authorize(byte[] authValue) {
    return authValue.length == 0
        ? tpm.authorize(tpm.readParent(TpmHandle.NULL), authValue) // there is nothing to hide
        : tpm.secretly(authValue);
  }

  /**
   * Gives a hierarchy, or the lockout, another password; an empty one takes it away: Part 3, 24.8.
   */
  public void changeAuth(TpmHandle hierarchy, byte[] auth, byte[] newAuth) {
    tpm.execute(
        new HierarchyChangeAuth(hierarchy, newAuth),
        newAuth.length == 0 ? authorize(auth) : tpm.secretly(auth));
  }

  /**
   * Sets how wrong authorizations are counted: Part 3, 25.3.
   *
   * @param maxTries how many lock the TPM
   * @param recoverySeconds after how many seconds it counts one less
   * @param lockoutSeconds for how many seconds a wrong lockout password locks the lockout
   */
  public void setLockout(byte[] auth, int maxTries, int recoverySeconds, int lockoutSeconds) {
    tpm.execute(
        new DictionaryAttackParameters(
            TpmHandle.LOCKOUT, maxTries, recoverySeconds, lockoutSeconds),
        authorize(auth));
  }

  /** Sets the count of wrong authorizations to zero, and unlocks the TPM: Part 3, 25.2. */
  public void resetLockout(byte[] auth) {
    tpm.execute(new DictionaryAttackLockReset(TpmHandle.LOCKOUT), authorize(auth));
  }

  /** Makes a primary key and lets it go: the same seed and template make the same key again. */
  public TpmtPublic createPrimary(TpmHandle hierarchy, ParentTemplate template, byte[] auth) {
    try (Primaries.Primary made = primary(hierarchy, template, auth)) {
      return made.publicArea();
    }
  }

  /**
   * Makes a primary key and keeps it under a persistent handle: Part 3, 24.1 and 28.5.
   *
   * @throws TpmResponseException TPM_RC_NV_DEFINED where there is something already
   */
  public TpmtPublic keepPrimary(
      TpmHandle hierarchy, ParentTemplate template, TpmHandle handle, byte[] auth) {
    try (Primaries.Primary made = primary(hierarchy, template, auth)) {
      tpm.execute(new EvictControl(hierarchy, made.handle(), handle), authorize(auth));
      return made.publicArea();
    }
  }

  private Primaries.Primary primary(TpmHandle hierarchy, ParentTemplate template, byte[] auth) {
    return tpm.makePrimary(hierarchy, template.publicArea(), authorize(auth));
  }

  /** Removes a persistent object: Part 3, 28.5. */
  public void evict(TpmHandle hierarchy, TpmHandle handle, byte[] auth) {
    tpm.name(tpm.execute(new ReadPublic(handle)), handle);
    tpm.execute(new EvictControl(hierarchy, handle, handle), authorize(auth));
  }

  /** The persistent objects. */
  public List<Held> persistent() {
    return held(tpm.handles(FIRST_PERSISTENT));
  }

  /** What objects others have left loaded; behind a resource manager nobody sees any. */
  public List<Held> leftObjects() {
    return held(tpm.handles(FIRST_TRANSIENT));
  }

  /** What sessions others have left, loaded or saved. */
  public List<TpmHandle> leftSessions() {
    List<TpmHandle> sessions = new ArrayList<>(tpm.handles(FIRST_LOADED_SESSION));
    sessions.addAll(tpm.handles(FIRST_SAVED_SESSION));
    sessions.removeIf(tpm::isOurSession);
    return sessions;
  }

  /** Ends a session or takes an object out of the TPM: Part 3, 28.4. */
  public void flush(TpmHandle handle) {
    tpm.execute(new FlushContext(handle));
  }

  private List<Held> held(List<TpmHandle> handles) {
    return handles.stream()
        .map(handle -> new Held(handle, tpm.execute(new ReadPublic(handle)).outPublic()))
        .toList();
  }
}
