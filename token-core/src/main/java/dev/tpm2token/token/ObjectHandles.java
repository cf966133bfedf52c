package dev.tpm2token.token;

import dev.tpm2token.token.object.ObjectId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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

  /** Makes an object's handle invalid for good. */
  synchronized void forget(Target target) {
    Long handle = handles.remove(target);
    if (handle != null) {
      targets.remove(handle);
    }
  }

  /** Makes the handles of all of a slot's objects invalid for good. */
  synchronized void forgetAll(long slot) {
    targets.values().removeIf(target -> target.slot() == slot);
    handles.keySet().removeIf(target -> target.slot() == slot);
  }
}
