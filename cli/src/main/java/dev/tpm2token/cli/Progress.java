package dev.tpm2token.cli;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * A line that counts the seconds of something long (a chip may look for the primes of an RSA key
 * for 20 s), on a terminal alone, and gone when it is done.
 */
final class Progress {
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final Thread thread;

  private Progress(Thread thread) {
    this.thread = thread;
  }

  static Progress of(Surroundings surroundings, String what) {
    if (!surroundings.terminal().showsProgress()) {
      return new Progress(new Thread());
    }
    Thread thread = new Thread(() -> show(surroundings.err(), what), "progress");
    thread.setDaemon(true);
    thread.start();
    return new Progress(thread);
  }

  private static void show(PrintWriter err, String what) {
    try {
      Thread.sleep(PATIENCE);
      for (int second = 0; ; second++) {
        err.printf("\r%s … %d s", what, second);
        err.flush();
        Thread.sleep(Duration.ofSeconds(1));
      }
    } catch (InterruptedException e) {
      err.print("\r\033[K");
      err.flush();
    }
  }

  /** Takes the line away. */
  void end() {
    if (!thread.isAlive()) {
      return;
    }
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
