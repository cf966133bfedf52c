package dev.tpm2token.cli;

import dev.tpm2token.token.crypto.Secret;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where PINs, passphrases and passwords come from, everywhere alike: the file that an option names
 * ({@code -} is standard input, {@code /dev/fd/3} an open descriptor), else a helper program, else
 * the person at the terminal. Never from the command line, which every process can read.
 *
 * <p>Where several options say {@code -}, each has a line, in the order of the command line,
 * whatever the order in which the verb wants them.
 */
public final class Secrets {
  private static final int LONGEST = 64 * 1024;

  private final Surroundings surroundings;
  private final Optional<String> helper;
  private final Deque<String> optionsToRead;
  private final Map<String, byte[]> linesRead = new HashMap<>();

  /**
   * Secrets for one run.
   *
   * @param helper the program that {@code --askpass} names
   * @param ofStandardInput the options that say {@code -}, in their order
   */
  Secrets(Surroundings surroundings, @Nullable String helper, List<String> ofStandardInput) {
    this.surroundings = surroundings;
    this.optionsToRead = new ArrayDeque<>(ofStandardInput);
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
    return Secret.taking(file != null ? read(what, option, file) : ask(what, option));
  }

  /**
   * A new secret: a person is asked twice. It is not empty, because an empty one would come of a
   * file that was cut short as easily as of a wish to have none.
   *
   * @param none the option by which that wish is said; empty where there has to be a secret
   */
  public Secret fresh(String what, String option, @Nullable String file, String none) {
    Secret secret =
        file != null || helper.isPresent() ? existing(what, option, file) : askTwice(what, option);
    if (secret.use(octets -> octets.length) == 0) {
      secret.close();
      throw new CommandException(
          ExitStatus.PIN,
          "the new %s is empty; nothing was changed%s"
              .formatted(what, none.isEmpty() ? "" : " (" + none + " is for having none)"));
    }
    return secret;
  }

  private Secret askTwice(String what, String option) {
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
                    "%s is wanted and %s: give %s FILE, or - for standard input"
                        .formatted(
                            what,
                            helper
                                .map(program -> program + " cannot be run, or ended with a failure")
                                .orElse("nobody can be asked"),
                            option)));
  }

  /** The first line of a file, or the option's line of standard input. */
  private byte[] read(String what, String option, String file) {
    try {
      if (file.equals("-")) {
        return ofStandardInput(option)
            .orElseThrow(() -> new EOFException("it ended before the " + what));
      }
      try (InputStream in = Files.newInputStream(Path.of(file))) {
        return line(in).orElse(new byte[0]);
      }
    } catch (IOException e) {
      throw CommandException.unreadable(file.equals("-") ? "standard input" : file, e);
    }
  }

  private Optional<byte[]> ofStandardInput(String option) throws IOException {
    while (!linesRead.containsKey(option) && optionsToRead.contains(option)) {
      Optional<byte[]> line = line(surroundings.in());
      if (line.isEmpty()) {
        return line;
      }
      linesRead.put(optionsToRead.removeFirst(), line.get());
    }
    return Optional.ofNullable(linesRead.remove(option));
  }

  /** Octet by octet, so that what follows the line is left for the next; empty at the end. */
  private static Optional<byte[]> line(InputStream in) throws IOException {
    byte[] room = new byte[LONGEST];
    int length = 0;
    try {
      int octet = in.read();
      if (octet < 0) {
        return Optional.empty();
      }
      for (; octet >= 0 && octet != '\n'; octet = in.read()) {
        if (length == LONGEST) {
          throw new IOException("its first line is longer than any secret");
        }
        room[length++] = (byte) octet;
      }
      int end = length > 0 && room[length - 1] == '\r' ? length - 1 : length;
      return Optional.of(Arrays.copyOf(room, end));
    } finally {
      Arrays.fill(room, (byte) 0);
    }
  }
}
