package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** doctor: each case that it exists for is said to be wrong, and what it advises mends it. */
class DoctorTest {
  private final CommandRun command = new CommandRun();

  @AfterEach
  void end() {
    command.close();
  }

  private void configured(String toml) {
    command.write("config.toml", toml.replace("@", command.dir() + "/"));
    command.environment("TPM2_TOKEN_CONFIG", "@config.toml");
  }

  private CommandRun.Ended wrong() {
    return command.run("doctor").fails(ExitStatus.FAILED).says("WRONG", "to mend");
  }

  private Path token() throws IOException {
    try (Stream<Path> files = Files.walk(command.dir().resolve("store"))) {
      return files.filter(each -> each.endsWith("token.json")).findFirst().orElseThrow();
    }
  }

  @Test
  void wellWithoutAndWithAToken() {
    command.run("doctor").ok().says("made with the first token", "All is well.");
    command.token("lab");
    var all = command.run("doctor --json").ok().json();
    assertEquals(0, all.get("problems").asInt());
    all.get("findings").forEach(each -> assertTrue(each.get("mend").isString()));
    String specification = command.run("caps --json").ok().json().get("specification").asString();
    command.run("doctor").ok().says("specification " + specification);
  }

  @Test
  void aStorageKeyThatIsGoneComesBack() {
    command.token("lab");
    command
        .run("primary evict --handle 0x81000001")
        .fails(ExitStatus.REFUSED)
        .says("no key in lab can be used without it");
    command.run("primary evict --handle 0x81000001 --yes").ok();
    wrong().says("lab: there is no storage key at 0x81000001 any more", "provision --ecc");
    command.run("provision --ecc --handle 0x81000001").ok();
    command.run("doctor").ok().says("All is well.");
  }

  @Test
  void anotherKeyInItsPlace() {
    command.token("lab");
    command.run("primary evict --handle 0x81000001 --yes").ok();
    command.run("provision --rsa").ok();
    wrong().says("is not the one under which this token was made", "TPM2_TOKEN_TCTI");
    command.run("provision --ecc").fails(ExitStatus.REFUSED).says("is another kind, RSA 2048");
  }

  @Test
  void damageInTheStore() throws IOException {
    command.token("lab");
    Path token = token();
    Files.writeString(token, "{}");
    wrong().says("token.json: the token cannot be read", "tpm2-token restore");
    command.run("list").fails(ExitStatus.FAILED).says("1 damaged", "store check");
    command.run("token info").fails(ExitStatus.NOT_FOUND).says("store check");
    Files.delete(token);
    wrong().says("a token without its token.json");
    command.run("list").fails(ExitStatus.FAILED).says("1 damaged");
  }

  @Test
  void aPasswordFileThatIsMissingOrOpen() throws IOException {
    configured("owner_auth_file = '@owner'\n");
    wrong().says("owner_auth_file", "is not there");
    Path file = command.write("owner", "secret\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    wrong().says("holds a password and is open");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    command.run("doctor").ok();
    command.shell("mkfifo -m 600 fifo");
    configured("owner_auth_file = '@fifo'\n");
    wrong().says("a FIFO, a socket or a device");
  }

  @Test
  void anOwnerWithAPassword() {
    command.run("hierarchy set-auth owner --new-auth-file @pin").ok();
    wrong().says("the owner, who makes it, has a password", "provision --owner-auth-file");
    command
        .run("token init --label lab --so-pin-file @so-pin --pin-file @pin")
        .fails(ExitStatus.PIN)
        .says("password of the owner", "provision --owner-auth-file", "owner_auth_file");
    command.run("provision --owner-auth-file @pin").ok();
    command.token("lab");
    command.run("doctor").ok();
  }

  @Test
  void aLogOrAStoreThatCannotBeMade() {
    command.environment("TPM2_TOKEN_LOG", "debug:@none/log");
    wrong().says("none/log cannot be written");
    command.environment("TPM2_TOKEN_LOG", "bogus:/tmp/x");
    wrong().says("TPM2_TOKEN_LOG", "\"bogus\" is no level", "debug");
    command.environment("TPM2_TOKEN_LOG", "");
    command.environment("TPM2_TOKEN_STORE", "/dev/null/x");
    wrong().says("/dev/null/x");
    command.environment("TPM2_TOKEN_STORE", "/proc/no-store");
    wrong().says("cannot be made");
  }

  @Test
  void aStoreThatIsNoFolder() {
    command.write("file", "x");
    command.environment("TPM2_TOKEN_STORE", "@file");
    for (String verb : new String[] {"list", "token list", "token info", "key list"}) {
      command.run(verb).fails(ExitStatus.FAILED).says("the store", "cannot be read");
    }
    command.run("store check").fails(ExitStatus.FAILED).says("cannot be read: ", "no folder");
    wrong().says("it is no folder");
  }

  @Test
  void aParentThatIsNoStorageKey() {
    configured("parent = '0x80000001'\n");
    wrong().says("parent is a handle such as");
    configured("parent = '0x81000001'\ntcti = 'swtpm:port=1'\n");
    command.environment("TPM2_TOKEN_TCTI", "swtpm:host=127.0.0.1,port=abc");
    wrong().says("TPM2_TOKEN_TCTI", "\"abc\" is not a port");
    assertFalse(command.run("caps").fails(ExitStatus.FAILED).err().contains("java."));
  }

  @Test
  void aTpmThatDoesNotCount() {
    command
        .run("lockout set --recovery 0")
        .fails(ExitStatus.REFUSED)
        .says("not going to be counted", "--yes");
    command.run("lockout set --recovery 0 --yes").ok().says("NOT counted");
    command.run("caps").ok().says("NOT counted");
    command.token("lab");
    command.run("token info").ok().says("NOT counted");
    wrong().says("the TPM does not count them", "lockout set --tries");
    command.run("lockout set --tries 32 --recovery 600").ok();
    command.run("doctor").ok();
  }
}
