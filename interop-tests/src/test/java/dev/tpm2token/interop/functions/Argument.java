package dev.tpm2token.interop.functions;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Rv;
import java.util.List;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a function under the standard's name, and what a call that succeeds gives for it.
 * From its kind follow the mistakes that the standard names for it.
 *
 * @param name as in the standard's declaration
 * @param kind what it is
 * @param value what is given
 */
record Argument(String name, Kind kind, Value value) {
  /**
   * A wrong value for an argument.
   *
   * @param expected what the function answers
   * @param what the value, in words
   */
  record Mistake(Rv expected, String what, Wrong wrong) {}

  /** Makes the wrong value, perhaps of the right one. */
  @FunctionalInterface
  interface Wrong {
    @Nullable Object of(World world, @Nullable Object right);
  }

  /** Kinds of arguments. */
  enum Kind {
    SESSION,
    SLOT,
    OBJECT,
    KEY,
    WRAPPING_KEY,
    UNWRAPPING_KEY,
    MECHANISM,
    /** Must not be NULL. */
    POINTER,
    /** Must not be NULL where its length, the next argument, is not 0. */
    INPUT,
    /** Receives a result by the rule of section 5.2: NULL asks for the length. */
    BUFFER,
    /** The length of a buffer. */
    ROOM,
    /** The length of a buffer at the end of a message; NULL where more is to come. */
    LAST_ROOM,
    NUMBER
  }

  static final long NOBODY = 0x7fff_fff1L;

  private static final Mistake NULL = new Mistake(Rv.CKR_ARGUMENTS_BAD, "NULL", (w, right) -> null);

  /** The mistakes that can be made with any of its kind. */
  List<Mistake> mistakes() {
    return switch (kind) {
      case SESSION ->
          List.of(
              nobody(Rv.CKR_SESSION_HANDLE_INVALID),
              new Mistake(
                  Rv.CKR_SESSION_HANDLE_INVALID,
                  "of a closed session",
                  (w, right) -> w.closedSession()));
      case SLOT -> List.of(nobody(Rv.CKR_SLOT_ID_INVALID));
      case OBJECT -> List.of(nobody(Rv.CKR_OBJECT_HANDLE_INVALID));
      case KEY -> noKey(Rv.CKR_KEY_HANDLE_INVALID);
      case WRAPPING_KEY -> noKey(Rv.CKR_WRAPPING_KEY_HANDLE_INVALID);
      case UNWRAPPING_KEY -> noKey(Rv.CKR_UNWRAPPING_KEY_HANDLE_INVALID);
      case MECHANISM ->
          List.of(
              NULL,
              new Mistake(
                  Rv.CKR_MECHANISM_INVALID,
                  "that nobody has",
                  (w, right) -> w.mechanism(Ck.M_NONE)),
              new Mistake(
                  Rv.CKR_MECHANISM_PARAM_INVALID,
                  "with a parameter of 3 bytes",
                  Argument::misshapen));
      case POINTER, INPUT, ROOM -> List.of(NULL);
      case BUFFER, LAST_ROOM, NUMBER -> List.of();
    };
  }

  private static Mistake nobody(Rv expected) {
    return new Mistake(expected, "of nobody", (w, right) -> NOBODY);
  }

  private static Pointer misshapen(World world, @Nullable Object mechanism) {
    return mechanism instanceof Pointer right
        ? world.mechanism(right.getLong(0), new byte[3])
        : world.mechanism(0);
  }

  private static List<Mistake> noKey(Rv expected) {
    return List.of(
        nobody(expected),
        new Mistake(expected, "of an object that is no key", (w, right) -> w.data()));
  }

  static Argument session() {
    return new Argument("hSession", Kind.SESSION, World::session);
  }

  static Argument slot() {
    return new Argument("slotID", Kind.SLOT, World::slot);
  }

  static Argument object(Value value) {
    return new Argument("hObject", Kind.OBJECT, value);
  }

  static Argument key(String name, Value value) {
    return new Argument(name, Kind.KEY, value);
  }

  static Argument mechanism(Value value) {
    return new Argument("pMechanism", Kind.MECHANISM, value);
  }

  /** Room for a structure or a handle. */
  static Argument pointer(String name, int size) {
    return new Argument(name, Kind.POINTER, w -> w.memory(size));
  }

  static Argument input(String name, Value value) {
    return new Argument(name, Kind.INPUT, value);
  }

  static Argument buffer(String name, int size) {
    return new Argument(name, Kind.BUFFER, w -> w.memory(size));
  }

  static Argument room(String name, long length) {
    return new Argument(name, Kind.ROOM, w -> w.ulong(length));
  }

  static Argument number(String name, Value value) {
    return new Argument(name, Kind.NUMBER, value);
  }

  static Argument number(String name, long value) {
    return new Argument(name, Kind.NUMBER, w -> value);
  }
}
