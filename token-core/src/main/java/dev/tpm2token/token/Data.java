package dev.tpm2token.token;

import java.util.function.Consumer;

/** Data that a client hands over: fed to an operation piece by piece. */
@FunctionalInterface
public interface Data {
  /** Feeds all of it. */
  void feed(Consumer<byte[]> sink);

  /** Data that is here already. */
  static Data of(byte[] bytes) {
    return sink -> sink.accept(bytes);
  }

  /** Feeds all of it, or ends the operation that takes it. */
  default void feedOrEnd(Consumer<byte[]> sink, Runnable end) {
    boolean whole = false;
    try {
      feed(sink);
      whole = true;
    } finally {
      if (!whole) {
        end.run();
      }
    }
  }
}
