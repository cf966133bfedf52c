package dev.tpm2token.tpm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a user's processes queue, and where they do not. */
class TurnTest {
  private static final Duration SOON = Duration.ofMillis(50);

  private static long files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void queuesInTheFirstFolderThatIsTheUsersOwn(@TempDir Path root) throws IOException {
    Path others = Files.createDirectory(root.resolve("others"));
    Files.setPosixFilePermissions(others, PosixFilePermissions.fromString("rwxrwxr-x"));
    Path elsewhere = Files.createSymbolicLink(root.resolve("link"), others);
    Path ours = root.resolve("ours");
    try (Turn turn = Turn.take("a TPM", List.of(others, elsewhere, ours), SOON)) {
      assertEquals(0, files(others));
      assertEquals(1, files(ours));
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(ours)));
      assertTrue(turn.isInQueue());
      try (Turn second = Turn.take("a TPM", List.of(ours), SOON)) {
        assertFalse(second.isInQueue(), "which waited, and goes without");
      }
    }
  }

  @Test
  void goesWithoutWhereThereIsNoFolder() {
    try (Turn turn = Turn.take("a TPM", List.of(), SOON)) {
      assertFalse(turn.isInQueue());
    }
  }
}
