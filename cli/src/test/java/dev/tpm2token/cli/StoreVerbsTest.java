package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** backup, restore, store check and store repair. */
class StoreVerbsTest {
  private final CommandRun command = new CommandRun();

  @BeforeEach
  void makeAKey() {
    command.token("lab");
    command.run("key generate --label k --pin-file @pin").ok();
  }

  @AfterEach
  void end() {
    command.close();
  }

  private List<Path> objects() throws IOException {
    try (Stream<Path> files = Files.walk(command.dir().resolve("store"))) {
      return files
          .filter(file -> String.valueOf(file.getParent()).contains("/objects-"))
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aTokenComesBack() {
    String before = command.run("list --json").ok().out();
    command.run("backup @lab.backup").ok().says("wrote token lab, 2 objects");
    command.run("backup @lab.backup").fails(ExitStatus.REFUSED).says("is there already");
    command.run("restore @lab.backup").fails(ExitStatus.REFUSED).says("is here already");
    command.run("token remove --token lab --yes").ok();
    command.run("restore @lab.backup").ok().says("restored token lab, 2 objects, slot 1");
    assertEquals(before, command.run("list --json").ok().out());
    command.run("csr --label k --subject CN=x --pin-file @pin").ok().says("BEGIN");
  }

  @Test
  void aLabelThatIsTakenIsNotRestored() {
    command.run("backup @lab.backup").ok();
    command.run("token remove --token lab --yes").ok();
    command.token("lab");
    command
        .run("restore @lab.backup")
        .fails(ExitStatus.REFUSED)
        .says("another token is called lab", "--label NEW");
    command.run("restore @lab.backup --label old").ok().says("restored token old, 2 objects");
    command.run("csr --token old --label k --subject CN=x --pin-file @pin").ok().says("BEGIN");
  }

  @Test
  void aBackupThatIsNotWholeIsRefused() throws IOException {
    command.run("backup @lab.backup").ok();
    command.run("token remove --token lab --yes").ok();
    Path file = command.dir().resolve("lab.backup");
    String whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, whole.length() / 2));
    command.run("restore @lab.backup").fails(ExitStatus.FAILED).says("not a backup");
    Files.writeString(file, whole.replaceFirst("\"objects-[0-9a-f]+/[0-9a-f]", "$0f"));
    command.run("restore @lab.backup").fails(ExitStatus.FAILED).says("damaged");
    command.run("restore @none").fails(ExitStatus.NOT_FOUND);
    Files.writeString(file, "{}");
    command.run("restore @lab.backup").fails(ExitStatus.FAILED).says("not a backup");
    command.run("restore /dev/zero").fails(ExitStatus.NOT_FOUND).says("too long");
    assertEquals(0, command.run("list --json").ok().json().get("tokens").size());
  }

  @Test
  void damageIsFoundAndSetAside() throws IOException {
    command.run("store check").ok().says("1 tokens and 2 objects are whole; 0 damaged");
    Path damaged = objects().getFirst();
    Files.writeString(damaged, Files.readString(damaged).substring(1));
    Files.writeString(damaged.resolveSibling("." + damaged.getFileName() + ".17.tmp"), "cut");
    Files.setPosixFilePermissions(
        objects().getLast(), PosixFilePermissions.fromString("rw-r--r--"));
    command
        .run("store check")
        .fails(ExitStatus.FAILED)
        .says("cannot be read (set aside)", "cut off (delete)", "(make private)", "3 damaged");
    command.run("store repair --dry-run").fails(ExitStatus.FAILED);
    command.run("store repair").ok().says("now mended");
    command.run("store check").ok().says("1 tokens and 1 objects are whole; 0 damaged");
    assertFalse(Files.exists(damaged));
    assertTrue(Files.exists(damaged.resolveSibling("damaged").resolve(damaged.getFileName())));
  }

  @Test
  void aTokenThatCannotBeReadIsLeftWhereItIs() throws IOException {
    Path token = objects().getFirst().resolve("../../token.json").normalize();
    Files.writeString(token, "{}");
    command
        .run("store repair --json")
        .fails(ExitStatus.FAILED)
        .says("restore it from a backup", "\"none\"");
    assertTrue(Files.exists(token));
  }

  @Test
  void aRepairThatMendsNothingDoesNotSayThatItDid() throws IOException {
    Path token = objects().getFirst().resolve("../../token.json").normalize();
    Files.writeString(token, "{}");
    command
        .run("store repair")
        .fails(ExitStatus.FAILED)
        .says("1 damaged, 0 of them mended; the rest is left to you");
  }

  @Test
  void aLinkIsSetAsideAndNotFollowed() throws IOException {
    Path target = command.write("target", "not ours");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
    Path link = objects().getFirst().resolveSibling("aaaaaaaaaaaaaaaa.json");
    Files.createSymbolicLink(link, target);
    command.run("store check").fails(ExitStatus.FAILED).says("it is a link", "(set aside)");
    command.run("store repair").ok().says("1 damaged, now mended");
    assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
    command.run("list").ok().says("lab");
  }

  @Test
  void aFolderWithoutAToken() throws IOException {
    Path store = objects().getFirst().resolve("../../..").normalize();
    Files.createDirectory(store.resolve("00000000000000aa"));
    command
        .run("store check")
        .fails(ExitStatus.FAILED)
        .says("00000000000000aa", "without its token.json");
  }
}
