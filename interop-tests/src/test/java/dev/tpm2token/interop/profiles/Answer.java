package dev.tpm2token.interop.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;

/**
 * A structure that a function filled in, whose fields are compared with what the test case says.
 *
 * @param name the structure's, for messages
 */
record Answer(String name, Pointer memory) {
  /** A CK_ULONG that has the test case's value. */
  Answer number(String field, int at, long expected) {
    assertEquals(expected, memory.getLong(at), () -> name + "." + field);
    return this;
  }

  /**
   * A CK_ULONG where we say something else than the test case, whose values are illustrative.
   * {@code docs/conformance.md} lists them.
   */
  Answer number(String field, int at, long illustrated, long ours) {
    if (illustrated == ours) {
      throw new AssertionError(name + "." + field + " is no difference");
    }
    return number(field, at, ours);
  }

  /** A CK_VERSION that has the test case's value. */
  Answer version(String field, int at, int major, int minor) {
    assertEquals(
        major + "." + minor,
        memory.getByte(at) + "." + memory.getByte(at + 1),
        () -> name + "." + field);
    return this;
  }

  /** A text that may vary (section 3.1.1), but is padded with blanks and ends with none. */
  Answer text(String field, int at, int length) {
    byte[] bytes = new byte[length];
    memory.get(at, bytes, 0, length);
    String text = new String(bytes, StandardCharsets.UTF_8);
    assertEquals(-1, text.indexOf('\0'), () -> name + "." + field + ": " + text);
    return this;
  }
}
