package dev.tpm2token.token;

import java.util.function.Supplier;

/**
 * Where messages for people go. A library inside other people's programs says nothing unless it is
 * asked to (TPM2_TOKEN_LOG), and then never a secret.
 */
public interface Log {
  /** How much a message matters. */
  enum Level {
    ERROR,
    WARNING,
    INFO,
    DEBUG
  }

  /** Says nothing. */
  Log NONE =
      new Log() {
        @Override
        public boolean takes(Level level) {
          return false;
        }

        @Override
        public void write(Level level, String message) {}
      };

  /** Whether messages of the level are wanted. */
  boolean takes(Level level);

  /** Writes a line. */
  void write(Level level, String message);

  /** Writes a line that is made only if it is wanted. */
  default void log(Level level, Supplier<String> message) {
    if (takes(level)) {
      write(level, message.get());
    }
  }
}
