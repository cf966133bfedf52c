package dev.tpm2token.token;

import dev.tpm2token.token.object.ObjectId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The numbers by which clients call objects: the same for all sessions of the process, and never
 * given twice, because clients keep what they know of an object by its number.
 */
final class ObjectHandles {
  /** An object of a slot's token. */
  record Target(long slot, ObjectId id) {}

  private final Map<Long, Target> targets = new HashMap<>();
  private final Map<Target, Long> handles = new HashMap<>();
  private long last;

  synchronized long of(Target target) {
    return handles.computeIfAbsent(
        target,
        any -> {
          targets.put(++last, target);
          return last;
        });
  }

  synchronized Optional<Target> target(long handle) {
    return Optional.ofNullable(targets.get(handle));
  }

  /** Makes the handles of such objects invalid for good. */
  synchronized void forget(Predicate<Target> which) {
    targets.values().removeIf(which);
    handles.keySet().removeIf(which);
  }
}
