package dev.tpm2token.cli;

import dev.tpm2token.tpm.TpmTransportException;
import dev.tpm2token.tpm.transport.NativeSystem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.graalvm.nativeimage.PinnedObject;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.type.CCharPointer;

/** The system as a native image reaches it: through the C that is linked with it, system.c. */
final class ImageSystem implements NativeSystem {
  /** What {@code tpm2_token_tcti_open} answers where the library itself is missing. */
  private static final long NO_LIBRARY = 0;

  /** ENOENT of {@code tpm2_token_launch}. */
  private static final int NO_SUCH_FILE = 2;

  @CFunction("tpm2_token_tcti_open")
  private static native long open(CCharPointer nameAndConfiguration, CCharPointer error);

  @CFunction("tpm2_token_tcti_transmit")
  private static native int transmit(long context, CCharPointer command, long length);

  @CFunction("tpm2_token_tcti_receive")
  private static native int receive(
      long context, CCharPointer response, long room, int milliseconds);

  @CFunction("tpm2_token_tcti_close")
  private static native void close(long context);

  /** The words of a command, each ended by NUL, and one NUL more. */
  @CFunction("tpm2_token_launch")
  private static native int launch(CCharPointer words);

  @Override
  public long openTcti(String nameAndConfiguration) {
    byte[] rc = new byte[Integer.BYTES];
    try (PinnedObject name = PinnedObject.create(terminated(nameAndConfiguration));
        PinnedObject error = PinnedObject.create(rc)) {
      long context = open(name.addressOfArrayElement(0), error.addressOfArrayElement(0));
      if (context != NO_LIBRARY) {
        return context;
      }
    }
    int code = ByteBuffer.wrap(rc).order(ByteOrder.nativeOrder()).getInt();
    throw new TpmTransportException(
        code == 0
            ? "libtss2-tctildr.so.0 is wanted: install libtss2-tctildr0"
            : "%s: libtss2-tctildr cannot open it: 0x%X".formatted(nameAndConfiguration, code));
  }

  @Override
  public int transmit(long context, byte[] command) {
    try (PinnedObject data = PinnedObject.create(command)) {
      return transmit(context, data.addressOfArrayElement(0), command.length);
    }
  }

  @Override
  public int receive(long context, byte[] response, int milliseconds) {
    try (PinnedObject data = PinnedObject.create(response)) {
      return receive(context, data.addressOfArrayElement(0), response.length, milliseconds);
    }
  }

  @Override
  public void closeTcti(long context) {
    close(context);
  }

  @Override
  public void launch(List<String> command) {
    List<String> words = new ArrayList<>(command);
    words.add("");
    try (PinnedObject packed = PinnedObject.create(terminated(String.join("\0", words)))) {
      int error = launch(packed.<CCharPointer>addressOfArrayElement(0));
      if (error != 0) {
        throw new TpmTransportException(
            error == NO_SUCH_FILE
                ? "%s is wanted: install %s".formatted(command.getFirst(), command.getFirst())
                : "%s cannot be started: error %d".formatted(command.getFirst(), error));
      }
    }
  }

  private static byte[] terminated(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }
}
