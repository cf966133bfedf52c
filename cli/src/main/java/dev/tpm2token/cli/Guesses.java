package dev.tpm2token.cli;

import dev.tpm2token.tpm.DictionaryAttack;

/** The TPM's count of wrong PINs in words: it has one for all who use it. */
public final class Guesses {
  private Guesses() {}

  /** How many are left, or for how long there are none. */
  public static String words(DictionaryAttack guesses) {
    if (!guesses.isOn()) {
      return "this TPM does not count wrong PINs: tpm2-token doctor says how it does again";
    }
    if (guesses.triesLeft() == 0) {
      return "the TPM takes no PIN now, after %d wrong ones; it counts one less each %d s, and"
              .formatted(guesses.lockoutCounter(), guesses.lockoutInterval())
          + " tpm2-token lockout reset ends that at once";
    }
    return "%d of %d wrong ones are counted, of all users of this TPM: %d more lock it"
        .formatted(guesses.lockoutCounter(), guesses.maxAuthFail(), guesses.triesLeft());
  }
}
