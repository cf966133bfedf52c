package dev.tpm2token.cli;

import dev.tpm2token.config.Environment;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.OutputStream;
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
    PrintWriter err = writer(new FileOutputStream(FileDescriptor.err));
    try {
      String[] arguments = new String[Math.max(0, argc - 1)];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = CTypeConversion.toJavaString(argv.read(i + 1));
      }
      StandardOutput out = new StandardOutput(new FileOutputStream(FileDescriptor.out));
      int status =
          Tpm2Token.run(
              arguments,
              new Surroundings(
                  Environment.ofProcess(false),
                  new FileInputStream(FileDescriptor.in),
                  writer(out),
                  err,
                  new ImageTerminal()));
      return out.wasWritten(err) ? status : ExitStatus.FAILED.code();
    } catch (Throwable e) { // an exception must not leave an entry point
      err.println("tpm2-token: " + e.getClass().getSimpleName()); // a message may have a secret
      return ExitStatus.FAILED.code();
    }
  }

  private static PrintWriter writer(OutputStream to) {
    return new PrintWriter(to, true, StandardCharsets.UTF_8);
  }
}
