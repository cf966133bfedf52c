package dev.tpm2token.cli.tpm;

import dev.tpm2token.tpm.structure.TpmHandle;

/** TPMI_RH_HIERARCHY_AUTH (Part 2, 9.13), as people write it. */
enum Hierarchy {
  owner(TpmHandle.OWNER),
  endorsement(TpmHandle.ENDORSEMENT),
  platform(TpmHandle.PLATFORM),
  lockout(TpmHandle.LOCKOUT);

  private final int handle;

  Hierarchy(TpmHandle handle) {
    this.handle = handle.value();
  }

  TpmHandle handle() {
    return new TpmHandle(handle);
  }
}
