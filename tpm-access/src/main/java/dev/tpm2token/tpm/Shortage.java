package dev.tpm2token.tpm;

import java.util.Set;

/** What a TPM has run out of: Part 2, 6.6.3. */
enum Shortage {
  OBJECTS(TpmRc.OBJECT_MEMORY, TpmRc.OBJECT_HANDLES),
  SESSIONS(TpmRc.SESSION_MEMORY),
  /** Sessions in all, loaded or saved: programs that died have left theirs. */
  SESSION_HANDLES(TpmRc.SESSION_HANDLES),
  /** Numbers for saved contexts. */
  CONTEXTS(TpmRc.CONTEXT_GAP),
  NONE;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of
  private final Set<TpmRc> codes;

  Shortage(TpmRc... codes) {
    this.codes = Set.of(codes);
  }

  static Shortage of(TpmRc rc) {
    for (Shortage shortage : values()) {
      if (shortage.codes.contains(rc.base())) {
        return shortage;
      }
    }
    return NONE;
  }
}
