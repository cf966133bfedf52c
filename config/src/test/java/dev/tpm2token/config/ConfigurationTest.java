package dev.tpm2token.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
  @TempDir Path home;

  private Configuration load(String... variables) {
    Map<String, String> environment = new HashMap<>(Map.of("HOME", home.toString()));
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return Configuration.load(Environment.of(environment));
  }

  private Path userFile(String content) throws IOException {
    Path file = home.resolve(".config/tpm2-token/config.toml");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @Test
  void nothingSaid() {
    Configuration configuration = load();
    assertEquals(
        new Setting<>(home.resolve(".local/share/tpm2-token"), "default"), configuration.store());
    assertEquals(new Setting<>("auto", "default"), configuration.tcti());
    assertEquals(0x8100_0001, configuration.parent().value());
    assertEquals(LogTarget.NONE, configuration.log().value());
  }

  @Test
  void fileIsRead() throws IOException {
    Path file =
        userFile(
            """
            # where the tokens are
            store = "/srv/tokens"
            tcti = "device:/dev/tpm0"
            parent = "0x81000002"
            parent_auth_file = "/etc/tpm2-token/parent"
            lease_idle_ms = 10
            log = "debug:/tmp/log"
            """);
    Configuration configuration = load();
    assertEquals(Optional.of(file), configuration.file());
    assertEquals(new Setting<>(Path.of("/srv/tokens"), file.toString()), configuration.store());
    assertEquals("device:/dev/tpm0", configuration.tcti().value());
    assertEquals(0x8100_0002, configuration.parent().value());
    assertEquals(
        Path.of("/etc/tpm2-token/parent"), configuration.parentAuthFile().orElseThrow().value());
    assertEquals(Optional.empty(), configuration.ownerAuthFile());
    assertEquals(Duration.ofMillis(10), configuration.leaseIdle().orElseThrow().value());
    assertEquals(
        new LogTarget("debug", Optional.of(Path.of("/tmp/log"))), configuration.log().value());
  }

  @Test
  void ourVariablesComeBeforeTheFileAndOtherToolsAfterIt() throws IOException {
    assertEquals(
        new Setting<>("mssim:", "TPM2TOOLS_TCTI"), load("TPM2TOOLS_TCTI", "mssim:").tcti());
    userFile("tcti = 'swtpm:port=1'\n");
    assertEquals("swtpm:port=1", load("TPM2TOOLS_TCTI", "mssim:").tcti().value());
    assertEquals(
        new Setting<>("swtpm:port=2", "TPM2_TOKEN_TCTI"),
        load("TPM2_TOKEN_TCTI", "swtpm:port=2").tcti());
  }

  @Test
  void variablesOfIbmTss() {
    assertEquals(
        "mssim:host=localhost,port=2321", load("TPM_INTERFACE_TYPE", "socsim").tcti().value());
    assertEquals(
        "swtpm:host=tpm,port=9",
        load(
                "TPM_INTERFACE_TYPE", "socsim",
                "TPM_SERVER_TYPE", "raw",
                "TPM_SERVER_NAME", "tpm",
                "TPM_COMMAND_PORT", "9")
            .tcti()
            .value());
    assertEquals("device:/dev/tpmrm0", load("TPM_INTERFACE_TYPE", "dev").tcti().value());
  }

  @Test
  void anEmptyFileSaysNothing() {
    assertEquals("auto", load("TPM2_TOKEN_CONFIG", "/dev/null").tcti().value());
  }

  @Test
  void logToStandardError() {
    assertEquals(
        new LogTarget("info", Optional.of(Path.of("/dev/stderr"))),
        load("TPM2_TOKEN_LOG", "stderr").log().value());
  }

  @Test
  void aFileNameWithAColon() {
    assertEquals(
        new LogTarget("info", Optional.of(Path.of("./my:log"))),
        load("TPM2_TOKEN_LOG", "./my:log").log().value());
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void nobodyWaitsForAFifo() throws Exception {
    Path fifo = home.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    assertMistake("it is no file", "TPM2_TOKEN_CONFIG", fifo.toString());
  }

  @Test
  void noHomeAtAll() {
    assertEquals(
        Path.of("/var/lib/tpm2-token"),
        Configuration.load(Environment.of(Map.of())).store().value());
  }

  /** Daemons: no home, or one in which they may not look. */
  @Test
  void whereNobodyMayLookThereIsNothing() {
    Configuration configuration = load("HOME", "/dev/null");
    assertEquals("auto", configuration.tcti().value());
    assertEquals(List.of(), configuration.passedOver());
  }

  @Test
  void aFileThatIsThereAndCannotBeReadIsAMistake() throws IOException {
    Path file = userFile("");
    Files.delete(file);
    Files.createDirectory(file);
    assertMistake("cannot be read");
    assertMistake("is not there", "TPM2_TOKEN_CONFIG", "/dev/null/config.toml");
  }

  @Test
  void aSetUidProgramHasNoVariables() {
    assertEquals(Optional.empty(), Environment.ofProcess(true).get("PATH"));
    assertTrue(Environment.ofProcess(false).get("PATH").isPresent());
  }

  @Test
  void mistakesAreNamed() throws IOException {
    assertMistake("is not there", "TPM2_TOKEN_CONFIG", home.resolve("none").toString());
    assertMistake("a log is a file", "TPM2_TOKEN_LOG", "debug:");
    assertMistake("\"bogus\" is no level", "TPM2_TOKEN_LOG", "bogus:/tmp/x");
    assertMistake("it is no file", "TPM2_TOKEN_CONFIG", "/dev/zero");
    assertMistake("it is no file", "TPM2_TOKEN_CONFIG", home.toString());
    Path endless = Files.write(home.resolve("endless"), new byte[2 << 20]);
    assertMistake("longer than", "TPM2_TOKEN_CONFIG", endless.toString());
    userFile("stoer = '/srv'\n");
    assertMistake("no key stoer");
    userFile("store = \n");
    assertMistake("is not TOML");
    userFile("store = 3\n");
    assertMistake("store is text");
    userFile("parent = '81000001'\n");
    assertMistake("parent is a handle");
    userFile("parent = '0x80000001'\n");
    assertMistake("parent is a handle");
    userFile("owner_auth_file = 'relative'\n");
    assertMistake("owner_auth_file is the whole path of a file");
    userFile("lease_idle_ms = -1\n");
    assertMistake("between 0 and");
  }

  private void assertMistake(String words, String... variables) {
    Exception mistake = assertThrows(ConfigurationException.class, () -> load(variables));
    String message = String.valueOf(mistake.getMessage());
    assertTrue(message.contains(words), message);
  }

  @Test
  void sharesNoFolderInASetUidProgram(@TempDir Path runtime) {
    List<Path> folders =
        Environment.of(Map.of("XDG_RUNTIME_DIR", runtime.toString())).runtimeFolders();
    assertEquals(runtime, folders.getFirst());
    assertEquals(2, folders.size());
    Path missing = runtime.resolve("missing");
    assertEquals(
        folders.subList(1, 2),
        Environment.of(Map.of("XDG_RUNTIME_DIR", missing.toString())).runtimeFolders());
    assertEquals(List.of(), Environment.ofProcess(true).runtimeFolders());
    assertEquals(List.of(), Configuration.load(Environment.ofProcess(true)).runtimeFolders());
  }
}
