package dev.tpm2token.tpm;

import dev.tpm2token.tpm.structure.Name;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;

/**
 * The storage key that wraps our keys; its authValue, where it has one, is in {@link Passwords}.
 *
 * @param handle persistent; or a hierarchy, whose primary key is then made of {@code publicArea} at
 *     each use
 * @param publicArea as it was when it was first met: another key under the same handle is found out
 */
public record Parent(TpmHandle handle, TpmtPublic publicArea) implements Loadable {
  public Name name() {
    return publicArea.name();
  }
}
