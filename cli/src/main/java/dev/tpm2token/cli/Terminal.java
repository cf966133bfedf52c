package dev.tpm2token.cli;

import java.util.Optional;

/** The person at the terminal, if there is one. */
public interface Terminal {
  /** Most octets of an answer. */
  int LONGEST = 1024;

  /** Nobody is there. */
  Terminal NONE =
      new Terminal() {
        @Override
        public Optional<byte[]> ask(String prompt) {
          return Optional.empty();
        }

        @Override
        public Optional<String> confirm(String prompt) {
          return Optional.empty();
        }

        @Override
        public Optional<byte[]> askProgram(String program, String prompt) {
          return Optional.empty();
        }

        @Override
        public boolean showsProgress() {
          return false;
        }
      };

  /**
   * Asks for a secret on the controlling terminal, without echo.
   *
   * @return the line without its end; empty where there is no terminal, or it was closed
   */
  Optional<byte[]> ask(String prompt);

  /** Asks a question on the controlling terminal; empty where there is none. */
  Optional<String> confirm(String prompt);

  /**
   * Has a program ask, as SSH_ASKPASS does: the prompt is its argument, the secret the first line
   * that it writes.
   *
   * @return empty where it cannot be started, or ends with a failure
   */
  Optional<byte[]> askProgram(String program, String prompt);

  /** Whether standard error is a terminal, on which a line may be written again and again. */
  boolean showsProgress();
}
