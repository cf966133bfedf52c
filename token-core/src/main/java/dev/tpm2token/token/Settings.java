package dev.tpm2token.token;

import dev.tpm2token.token.store.Store;
import dev.tpm2token.tpm.KnownParents;
import dev.tpm2token.tpm.LeasePolicy;
import dev.tpm2token.tpm.Passwords;
import dev.tpm2token.tpm.transport.Tcti;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * What a module is started with.
 *
 * @param store the folder in which tokens are
 * @param tcti how the TPM is reached; it is not looked for before anybody wants it
 * @param parentHandle where the storage key is, or is to be made (81000001)
 * @param lease how long the TPM is held
 * @param log where messages for people go
 * @param passwords of the storage key, and of the owner who makes it, where they have any
 */
public record Settings(
    Path store, Tcti tcti, int parentHandle, LeasePolicy lease, Log log, Passwords passwords) {
  /** Where nothing has a password. */
  public Settings(Path store, Tcti tcti, int parentHandle, LeasePolicy lease, Log log) {
    this(store, tcti, parentHandle, lease, log, Passwords.NONE);
  }

  /**
   * The storage keys that the store's tokens were made under. They are read from the files at each
   * question, with nothing locked: it is asked amid work on the TPM.
   */
  public KnownParents knownParents() {
    return () ->
        new Store(store, new SecureRandom(), log)
            .tokens().stream().map(token -> token.record().parent().parent()).toList();
  }
}
