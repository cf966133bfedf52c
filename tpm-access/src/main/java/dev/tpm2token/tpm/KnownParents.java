package dev.tpm2token.tpm;

import java.util.List;

/**
 * The storage keys that were met before, as they were then. Secrets go to a TPM under a public key
 * of its; what that is, anybody may say who sits on the bus, but not against what is known.
 */
@FunctionalInterface
public interface KnownParents {
  KnownParents NONE = List::of;

  /** All of them; asked for when something depends on it. */
  List<Parent> all();
}
