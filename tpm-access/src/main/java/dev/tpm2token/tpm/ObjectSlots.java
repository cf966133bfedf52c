package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.ContextLoad;
import dev.tpm2token.tpm.command.ContextSave;
import dev.tpm2token.tpm.command.FlushContext;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/** The few object slots of a TPM: what we hold of them, and what of others we had to move aside. */
final class ObjectSlots {
  private static final int TRANSIENT_FIRST = 0x8000_0000;
  private static final int LOADED_SESSION_FIRST = 0x0200_0000;
  private static final int SAVED_SESSION_FIRST = 0x0300_0000;

  private final Tpm tpm;

  /** All transient objects that are ours, the least recently used first. */
  private final SequencedSet<TpmHandle> ours = new LinkedHashSet<>();

  private final Map<Loadable, TpmHandle> kept = new LinkedHashMap<>();
  private final List<Hold> held = new ArrayList<>();
  private final List<TpmsContext> others = new ArrayList<>();
  private boolean othersAreOut;
  private boolean restoring;

  ObjectSlots(Tpm tpm) {
    this.tpm = tpm;
  }

  Optional<TpmHandle> find(Loadable object) {
    TpmHandle handle = kept.get(object);
    if (handle != null) {
      ours.addLast(handle);
    }
    return Optional.ofNullable(handle);
  }

  List<TpmHandle> ours() {
    return List.copyOf(ours);
  }

  List<TpmsContext> others() {
    return List.copyOf(others);
  }

  /** Contexts to be put back at the end. */
  void adopt(List<TpmsContext> contexts) {
    others.addAll(contexts);
  }

  /**
   * An object that stays where it is until this is closed: for work that goes on for several
   * commands. One that is taken out and loaded again has another handle, and its old one may be
   * another object's.
   */
  final class Hold implements AutoCloseable {
    private final TpmHandle handle;

    private Hold(TpmHandle handle) {
      this.handle = handle;
      held.add(this);
    }

    TpmHandle handle() {
      return handle;
    }

    @Override
    public void close() {
      held.remove(this);
    }
  }

  Hold hold(TpmHandle handle) {
    return new Hold(handle);
  }

  void add(TpmHandle handle) {
    ours.addLast(handle);
  }

  void keep(Loadable object, TpmHandle handle) {
    kept.put(object, handle);
  }

  void remove(TpmHandle handle) {
    ours.remove(handle);
    kept.values().remove(handle);
  }

  void forget(Loadable object) {
    TpmHandle handle = kept.get(object);
    if (handle != null) {
      tpm.flush(handle);
    }
  }

  void forgetAll() {
    List.copyOf(kept.keySet()).stream().filter(KeyBlob.class::isInstance).forEach(this::forget);
  }

  void clear() {
    List.copyOf(ours).forEach(tpm::flush);
  }

  /**
   * Frees a slot: of what another program left behind on a TPM that is ours alone, which is put
   * back at the end; or of ours, what was used longest ago and is not held.
   *
   * @param inUse by the command that wants the slot
   * @return whether there was one
   */
  boolean makeRoom(List<TpmHandle> inUse) {
    if (moveOneOut(inUse)) {
      return true;
    }
    for (TpmHandle handle : ours) {
      if (!inUse.contains(handle) && held.stream().noneMatch(hold -> hold.handle.equals(handle))) {
        tpm.flush(handle);
        return true;
      }
    }
    return false;
  }

  private boolean moveOneOut(List<TpmHandle> inUse) {
    if (othersAreOut || !mayMoveOthers()) {
      return false;
    }
    for (TpmHandle handle : tpm.handles(TRANSIENT_FIRST)) {
      if (!inUse.contains(handle) && !ours.contains(handle)) {
        others.add(tpm.execute(new ContextSave(handle)));
        tpm.execute(new FlushContext(handle));
        return true;
      }
    }
    othersAreOut = true; // nobody brings in more while we have the TPM
    return false;
  }

  /** Not while they are put back: what does not fit any more would be moved in a circle. */
  private boolean mayMoveOthers() {
    return tpm.isExclusive() && !restoring;
  }

  /** Frees a session slot on a TPM that is ours alone: saving a session's context takes it out. */
  boolean moveSessionOut() {
    if (!mayMoveOthers()) {
      return false;
    }
    for (TpmHandle handle : tpm.handles(LOADED_SESSION_FIRST)) {
      if (!tpm.isOurSession(handle)) {
        others.add(tpm.execute(new ContextSave(handle)));
        return true;
      }
    }
    return false;
  }

  /**
   * Ends a session that another program saved long ago. The TPM numbers saved contexts, and when
   * the numbers have gone all the way round to the oldest one it neither saves nor starts a session
   * for anybody, until that one is loaded, which only its owner can do, or ended (Part 1, 30.5);
   * nor does it start one where there are as many, loaded or saved, as it has handles for. It does
   * not say which is the oldest.
   *
   * @return whether there was one on a TPM that is ours alone
   */
  boolean endSavedSession() {
    if (!tpm.isExclusive()) {
      return false;
    }
    for (TpmHandle saved : tpm.handles(SAVED_SESSION_FIRST)) {
      TpmHandle handle = new TpmHandle(LOADED_SESSION_FIRST | (saved.value() & 0xFF_FFFF));
      if (others.stream().noneMatch(context -> context.savedHandle().equals(handle))) {
        tpm.execute(new FlushContext(handle));
        return true;
      }
    }
    return false;
  }

  /**
   * Lowest handle first, so that a TPM that gives out the lowest free one gives each its own back.
   */
  void restoreOthers() {
    others.sort(
        Comparator.comparingLong(context -> Integer.toUnsignedLong(context.savedHandle().value())));
    restoring = true;
    while (!others.isEmpty()) {
      try {
        tpm.execute(new ContextLoad(others.getFirst()));
      } catch (TpmResponseException e) {
        // Its owner finds it gone, as after any reset.
      }
      others.removeFirst();
    }
  }
}
