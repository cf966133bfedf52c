package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.config.Configuration;
import dev.tpm2token.config.Environment;
import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.tpm.SwtpmProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The command in this process, on an emulated TPM and an empty store of its own. There is no
 * terminal; the files {@code pin} and {@code so-pin} are in {@link #dir()}.
 */
final class CommandRun implements AutoCloseable {
  private final SwtpmProcess tpm;
  private final Path dir;
  private final Map<String, String> environment;

  private CommandRun(SwtpmProcess tpm, Path dir, Map<String, String> environment) {
    this.tpm = tpm;
    this.dir = dir;
    this.environment = environment;
  }

  CommandRun() {
    tpm = SwtpmProcess.start();
    environment = new HashMap<>();
    try {
      dir = Files.createTempDirectory("command");
      write("pin", "1234-user\n");
      write("so-pin", "5678-officer\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    environment.put("TPM2_TOKEN_STORE", dir.resolve("store").toString());
    environment.put("TPM2_TOKEN_CONFIG", "/dev/null");
    environment.put("TPM2_TOKEN_TCTI", tpm.tcti().toString());
  }

  /** What the command did. */
  record Ended(int status, String out, String err) {
    Ended ok() {
      assertEquals(ExitStatus.DONE.code(), status, () -> out + err);
      return this;
    }

    Ended fails(ExitStatus with) {
      assertEquals(with.code(), status, () -> out + err);
      return this;
    }

    Ended says(String... texts) {
      for (String text : texts) {
        if (!(out + err).contains(text)) {
          throw new AssertionError("should say \"" + text + "\":\n" + out + err);
        }
      }
      return this;
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(out);
    }
  }

  Path dir() {
    return dir;
  }

  /** What may be wrong around a command. */
  enum Circumstances {
    ALL_WELL,
    TPM_AWAY,
    NO_STORE,
    BAD_CONFIGURATION
  }

  /** The same, in other circumstances; {@code bad.toml} is the bad configuration. Not closed. */
  CommandRun in(Circumstances circumstances) {
    Map<String, String> changed = new HashMap<>(environment);
    switch (circumstances) {
      case ALL_WELL -> {}
      case TPM_AWAY -> changed.put("TPM2_TOKEN_TCTI", "swtpm:host=127.0.0.1,port=1");
      case NO_STORE -> changed.put("TPM2_TOKEN_STORE", dir.resolve("no-store").toString());
      case BAD_CONFIGURATION -> changed.put("TPM2_TOKEN_CONFIG", dir + "/bad.toml");
    }
    return new CommandRun(tpm, dir, changed);
  }

  /** From here on a variable says something else. */
  void environment(String variable, String value) {
    environment.put(variable, value.replace("@", dir + "/"));
  }

  /** From here on nobody answers where the TPM is looked for. */
  void loseTpm() {
    environment.putAll(in(Circumstances.TPM_AWAY).environment);
  }

  Path write(String name, String content) {
    try {
      return Files.writeString(dir.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs words that blanks separate; {@code @name} is the file of that name in {@link #dir()}. */
  Ended run(String words) {
    return run(words, "");
  }

  /** As {@link #run(String)}, with this on standard input. */
  Ended run(String words, String input) {
    return run(words.replace("@", dir + "/").split(" ", -1), input);
  }

  /** Runs words as they are, with blanks and @ in them. */
  Ended typed(String... words) {
    return run(words, "");
  }

  private Ended run(String[] words, String input) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Tpm2Token.run(
            words,
            new Surroundings(
                Environment.of(environment),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out),
                new PrintWriter(err),
                Terminal.NONE));
    return new Ended(status, out.toString(), err.toString());
  }

  /** The module, as a program has it that is no verb. */
  Cryptoki module() {
    return new Cryptoki(Setup.settings(Configuration.load(Environment.of(environment)), true));
  }

  /** Another program works on the TPM: a command of tpm2-tools, and its arguments. */
  void tool(String name, String... arguments) {
    tpm.tool(name, arguments);
  }

  /** Another program writes files into {@link #dir()}: a line of bash. */
  void shell(String line) {
    try {
      Process shell =
          new ProcessBuilder("bash", "-euc", line)
              .directory(dir.toFile())
              .redirectErrorStream(true)
              .redirectOutput(dir.resolve("shell.log").toFile())
              .start();
      assertEquals(0, shell.waitFor(), () -> line + "\n" + read("shell.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  String read(String name) {
    try {
      return Files.readString(dir.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a token with the PINs of the files. */
  void token(String label) {
    run("token init --label %s --so-pin-file @so-pin --pin-file @pin".formatted(label)).ok();
  }

  /** Another program makes a token by C_InitToken, and sets no user PIN. */
  void tokenWithoutPin(String label) {
    try (Cryptoki module =
        new Cryptoki(Setup.settings(Configuration.load(Environment.of(environment)), true))) {
      module.initToken(
          module.slots().getLast(),
          "5678-officer".getBytes(StandardCharsets.UTF_8),
          label.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    tpm.close();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
