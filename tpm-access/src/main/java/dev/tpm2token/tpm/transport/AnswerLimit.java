package dev.tpm2token.tpm.transport;

import dev.tpm2token.tpm.command.TpmCc;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;

/**
 * How long an answer on a connection is waited for. A software TPM serves one connection and lets
 * the others wait, which shows only in the first answer: that comes when it is our turn.
 */
final class AnswerLimit {
  /** A chip may look for an RSA key's primes for minutes. */
  private static final Duration LONG = Duration.ofMinutes(5);

  private static final Set<Integer> SLOW =
      Set.of(TpmCc.Create.value(), TpmCc.CreatePrimary.value(), TpmCc.SelfTest.value());

  private final Duration patience;
  private boolean answered;

  AnswerLimit(Duration patience) {
    this.patience = patience;
  }

  Duration of(byte[] command) {
    boolean slow = command.length >= 10 && SLOW.contains(ByteBuffer.wrap(command).getInt(6));
    return answered && slow ? LONG : patience;
  }

  void answered() {
    answered = true;
  }
}
