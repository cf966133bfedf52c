package dev.tpm2token.tpm;

import java.time.Duration;

/**
 * How long this process keeps a TPM that only one can have at a time.
 *
 * @param idle without a call, then it is given back
 * @param longest in use without a break, then it is given back so that others get a turn
 * @param threads whether a thread may be started to give it back; without, that is after each call
 * @param patience how long to wait for others to give it back, and for an answer of a TPM that is
 *     not making a key
 */
public record LeasePolicy(Duration idle, Duration longest, boolean threads, Duration patience) {
  public static final LeasePolicy DEFAULT =
      new LeasePolicy(Duration.ofMillis(75), Duration.ofMillis(250), true);

  public LeasePolicy(Duration idle, Duration longest, boolean threads) {
    this(idle, longest, threads, Duration.ofSeconds(30));
  }
}
