package dev.tpm2token.cli;

import dev.tpm2token.token.crypto.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where PINs, passphrases and passwords come from, everywhere alike: the file that an option names
 * ({@code -} is standard input, {@code /dev/fd/3} an open descriptor), else a helper program, else
 * the person at the terminal. Never from the command line, which every process can read.
 */
public final class Secrets {
  private static final int LONGEST = 64 * 1024;

  private final Surroundings surroundings;
  private final Optional<String> helper;

  /**
   * Secrets for one run.
   *
   * @param helper the program that {@code --askpass} names
   */
  Secrets(Surroundings surroundings, @Nullable String helper) {
    this.surroundings = surroundings;
    this.helper = Optional.ofNullable(helper).or(() -> sshAskpass(surroundings));
  }

  /** As OpenSSH has it: the helper is used where it is demanded. */
  private static Optional<String> sshAskpass(Surroundings surroundings) {
    return surroundings
        .environment()
        .get("SSH_ASKPASS_REQUIRE")
        .filter(when -> when.equals("force") || when.equals("prefer"))
        .flatMap(when -> surroundings.environment().get("SSH_ASKPASS"));
  }

  /**
   * A secret that exists already.
   *
   * @param what it is, as a prompt says it: "User PIN of laptop"
   * @param option the option that would name a file, for the message
   * @param file what the option says
   * @throws CommandException where nobody can be asked, or the file cannot be read
   */
  public Secret existing(String what, String option, @Nullable String file) {
    return Secret.taking(file != null ? read(file) : ask(what, option));
  }

  /** A new secret: a person is asked twice. */
  public Secret fresh(String what, String option, @Nullable String file) {
    if (file != null || helper.isPresent()) {
      return existing(what, option, file);
    }
    Secret first = Secret.taking(ask("New " + what, option));
    byte[] again = ask("New " + what + " again", option);
    try {
      if (!first.matches(again)) {
        first.close();
        throw new CommandException(ExitStatus.PIN, "the two are not the same; nothing was changed");
      }
      return first;
    } finally {
      Arrays.fill(again, (byte) 0);
    }
  }

  private byte[] ask(String what, String option) {
    return helper
        .map(program -> surroundings.terminal().askProgram(program, what + ": "))
        .orElseGet(() -> surroundings.terminal().ask(what + ": "))
        .orElseThrow(
            () ->
                new CommandException(
                    ExitStatus.PIN,
                    "%s is wanted and nobody can be asked: give %s FILE, or - for standard input"
                        .formatted(what, option)));
  }

  /** The first line; several secrets may come through standard input, a line each. */
  private byte[] read(String file) {
    try {
      if (file.equals("-")) {
        return line(surroundings.in());
      }
      try (InputStream in = Files.newInputStream(Path.of(file))) {
        return line(in);
      }
    } catch (IOException e) {
      throw CommandException.unreadable(file, e);
    }
  }

  /** Octet by octet, so that what follows the line is left for the next. */
  private static byte[] line(InputStream in) throws IOException {
    byte[] room = new byte[LONGEST];
    int length = 0;
    try {
      for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
        if (length == LONGEST) {
          throw new IOException("its first line is longer than any secret");
        }
        room[length++] = (byte) octet;
      }
      return Arrays.copyOf(room, length > 0 && room[length - 1] == '\r' ? length - 1 : length);
    } finally {
      Arrays.fill(room, (byte) 0);
    }
  }
}
