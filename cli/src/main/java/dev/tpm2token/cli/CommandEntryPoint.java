package dev.tpm2token.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.c.function.CEntryPoint;
import org.graalvm.nativeimage.c.type.CCharPointerPointer;
import org.graalvm.nativeimage.c.type.CTypeConversion;

/** Where the command's C main comes in: the command is in the same image as the library. */
final class CommandEntryPoint {
  private CommandEntryPoint() {}

  @CEntryPoint(name = "tpm2_token_main")
  static int main(IsolateThread thread, int argc, CCharPointerPointer argv) {
    try {
      String[] arguments = new String[Math.max(0, argc - 1)];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = CTypeConversion.toJavaString(argv.read(i + 1));
      }
      return Tpm2Token.run(arguments, writer(FileDescriptor.out), writer(FileDescriptor.err));
    } catch (Throwable e) { // an exception must not leave an entry point
      return Tpm2Token.FAILED;
    }
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
