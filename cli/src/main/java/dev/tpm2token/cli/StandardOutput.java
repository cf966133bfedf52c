package dev.tpm2token.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Standard output, which remembers a failure that a PrintWriter keeps to itself. */
final class StandardOutput extends FilterOutputStream {
  private @Nullable IOException failure;

  StandardOutput(OutputStream to) {
    super(to);
  }

  @Override
  public void write(int octet) {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int offset, int length) {
    try {
      out.write(octets, offset, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
    }
  }

  /**
   * Whether all was written; where not, that is said, but not to those who had enough and went away
   * ({@code | head}).
   */
  boolean wasWritten(PrintWriter err) {
    IOException found = failure;
    if (found == null) {
      return true;
    }
    String reason = String.valueOf(found.getMessage());
    if (!reason.contains("Broken pipe")) {
      err.println("tpm2-token: standard output cannot be written: " + reason);
    }
    return false;
  }
}
