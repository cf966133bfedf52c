package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where PINs and passwords come from, and which are refused. */
class SecretsTest {
  private final CommandRun command = new CommandRun();

  @BeforeEach
  void makeAKey() {
    command.token("lab");
    command.run("key generate --label web --pin-file @pin").ok();
    command.write("empty", "");
    command.write("empty-line", "\n");
  }

  @AfterEach
  void end() {
    command.close();
  }

  /** A file that was cut short must not open a token to everybody. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "token init --label new --so-pin-file @so-pin --pin-file @empty      | --no-pin is for",
        "token init --label new --so-pin-file @so-pin --pin-file @empty-line | --no-pin is for",
        "token init --label new --so-pin-file @empty --pin-file @pin         | SO PIN of new is"
            + " empty",
        "pin unblock --so-pin-file @so-pin --new-pin-file @empty             | nothing was changed",
        "pin change --pin-file @pin --new-pin-file @empty                    | nothing was changed",
        "hierarchy set-auth owner --new-auth-file @empty                     | --clear is for",
        "key export --tss2 --label web --pin-file @pin --new-passphrase-file @empty @new.tpm"
            + " | --no-passphrase is for",
      })
  void anEmptyNewSecretIsRefused(String words, String says) {
    command.run(words).fails(ExitStatus.PIN).says("is empty", says);
    command.run("key list --pin-file @pin").ok();
    assertEquals(1, command.run("list --json").ok().json().at("/tokens").size());
  }

  @Test
  void standardInputHasALineForEachOptionInTheirOrder() {
    command.run("token init --label two --pin-file - --so-pin-file -", "1111\n2222\n").ok();
    command.run("pin change --token two --new-pin-file - --pin-file -", "3333\r\n1111\n").ok();
    command.run("pin unblock --token two --so-pin-file - --new-pin-file -", "2222\n4444\n").ok();
    command.run("key list --token two --pin-file -", "4444").ok();
  }

  @Test
  void standardInputThatEndsTooSoon() {
    command
        .run("token init --label two --pin-file - --so-pin-file -", "1111\n")
        .fails(ExitStatus.NOT_FOUND)
        .says("standard input cannot be read: it ended before the SO PIN of two");
  }
}
