package dev.tpm2token.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.graalvm.nativeimage.PinnedObject;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.type.CCharPointer;

/** The terminal as a native image reaches it: through terminal.c. */
final class ImageTerminal implements Terminal {
  private static final int STDERR = 2;

  @CFunction("tpm2_token_ask")
  private static native int ask(CCharPointer prompt, int echo, CCharPointer answer, int room);

  @CFunction("tpm2_token_ask_program")
  private static native int askProgram(
      CCharPointer program, CCharPointer prompt, CCharPointer answer, int room);

  @CFunction("tpm2_token_is_terminal")
  private static native int isTerminal(int descriptor);

  @Override
  public Optional<byte[]> ask(String prompt) {
    return ask(prompt, 0);
  }

  @Override
  public Optional<String> confirm(String prompt) {
    return ask(prompt, 1).map(answer -> new String(answer, StandardCharsets.UTF_8));
  }

  private static Optional<byte[]> ask(String prompt, int echo) {
    byte[] room = new byte[LONGEST];
    try (PinnedObject question = PinnedObject.create(terminated(prompt));
        PinnedObject answer = PinnedObject.create(room)) {
      int length =
          ask(
              question.addressOfArrayElement(0),
              echo,
              answer.addressOfArrayElement(0),
              room.length);
      return taken(room, length);
    }
  }

  @Override
  public Optional<byte[]> askProgram(String program, String prompt) {
    byte[] room = new byte[LONGEST];
    try (PinnedObject name = PinnedObject.create(terminated(program));
        PinnedObject question = PinnedObject.create(terminated(prompt));
        PinnedObject answer = PinnedObject.create(room)) {
      int length =
          askProgram(
              name.addressOfArrayElement(0),
              question.addressOfArrayElement(0),
              answer.addressOfArrayElement(0),
              room.length);
      return taken(room, length);
    }
  }

  @Override
  public boolean showsProgress() {
    return isTerminal(STDERR) != 0;
  }

  private static Optional<byte[]> taken(byte[] room, int length) {
    try {
      return length < 0 ? Optional.empty() : Optional.of(Arrays.copyOf(room, length));
    } finally {
      Arrays.fill(room, (byte) 0);
    }
  }

  private static byte[] terminated(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }
}
