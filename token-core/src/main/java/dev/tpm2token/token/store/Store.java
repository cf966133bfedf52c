package dev.tpm2token.token.store;

import dev.tpm2token.token.Log;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;

/**
 * The store: a folder in which each token is a folder. Reading needs no lock and no permission to
 * write; nothing is made before there is something to keep.
 */
public final class Store {
  /** The slot of the first token of a store. */
  private static final long FIRST_SLOT = 1;

  private final Path root;
  private final DurableFiles files;
  private final SecureRandom random;
  private final Log log;
  private final Map<String, TokenFolder> known = new TreeMap<>();
  private boolean missed;

  /** The store in a folder, which need not exist. */
  public Store(Path root, SecureRandom random, Log log) {
    this.root = root;
    this.files = new DurableFiles(root);
    this.random = random;
    this.log = log;
  }

  /** Where it is. */
  public Path root() {
    return root;
  }

  /** The tokens that are there now, in order of slot. One that is damaged is passed over. */
  public synchronized List<TokenFolder> tokens() {
    List<TokenFolder> tokens = new ArrayList<>();
    try (DirectoryStream<Path> stream =
        Files.newDirectoryStream(
            root, each -> isSerial(each.getFileName().toString()) && RegularFile.isFolder(each))) {
      for (Path folder : stream) {
        TokenFolder token =
            known.computeIfAbsent(
                folder.getFileName().toString(),
                serial -> new TokenFolder(folder, files, random, log));
        if (token.refresh()) {
          tokens.add(token);
        }
      }
    } catch (NoSuchFileException e) {
      sayThatThereIsNone();
    } catch (IOException e) {
      log.log(Log.Level.ERROR, () -> "cannot read " + root + ": " + RegularFile.reason(e));
    }
    tokens.sort(Comparator.comparingLong(token -> token.record().slot()));
    return tokens;
  }

  /** Once: a client that lists its slots asks several times. */
  private void sayThatThereIsNone() {
    if (!missed) {
      missed = true;
      log.log(Log.Level.INFO, () -> "there is no store at %s, so no token".formatted(root));
    }
  }

  /** The slot for the next token: never one that a token of this store is in. */
  public synchronized long nextSlot() {
    return slotAfter(tokens());
  }

  /** As {@link #nextSlot}, where the tokens have been read already. */
  public static long slotAfter(List<TokenFolder> tokens) {
    return tokens.stream().mapToLong(token -> token.record().slot()).max().orElse(FIRST_SLOT - 1)
        + 1;
  }

  /**
   * Keeps a new token.
   *
   * @param draft the token; its slot is taken where it is free, else the next
   */
  public synchronized TokenFolder create(TokenRecord draft) {
    return files.exclusively(() -> put(draft, Math.max(nextSlot(), draft.slot())));
  }

  private TokenFolder put(TokenRecord record, long slot) throws IOException {
    Path folder = root.resolve(record.serial());
    DurableFiles.makeFolder(folder);
    DurableFiles.write(folder.resolve(TokenFolder.FILE), StoreJson.write(record.withSlot(slot)));
    DurableFiles.force(root);
    TokenFolder token = new TokenFolder(folder, files, random, log);
    token.refresh();
    known.put(record.serial(), token);
    return token;
  }

  /** A copy of a token's files, as they are between two changes. */
  public Backup backup(TokenFolder token) {
    return files.exclusively(
        () -> {
          token.refresh();
          return Backup.of(root.resolve(token.record().serial()), token.record());
        });
  }

  /**
   * Puts a token back, in its slot where that is free.
   *
   * @param label what it is called from now on
   * @return the token; empty where one of its serial number is here already
   */
  public synchronized Optional<TokenFolder> restore(Backup backup, String label) {
    if (tokens().stream().anyMatch(each -> each.record().serial().equals(backup.serial()))) {
      return Optional.empty();
    }
    return files.exclusively(
        () -> {
          backup.writeObjects(root.resolve(backup.serial()));
          TokenRecord record = backup.record().withLabel(label);
          boolean taken = tokens().stream().anyMatch(each -> each.record().slot() == record.slot());
          return Optional.of(put(record, taken ? nextSlot() : record.slot()));
        });
  }

  /** Removes a token with its objects. */
  public synchronized void remove(TokenFolder token) {
    files.exclusively(
        () -> {
          token.remove(root);
          known.remove(token.record().serial());
          return true;
        });
  }

  /** A remembered fact of a name, as JSON; empty where there is none that can be read. */
  public <T> Optional<T> recall(String name, Class<T> type) {
    try {
      return Optional.of(StoreJson.read(RegularFile.read(root.resolve(name)), type));
    } catch (IOException | JacksonException e) {
      return Optional.empty();
    }
  }

  /** Remembers a fact, if this user may write the store: it can always be found out again. */
  public void remember(String name, Object fact) {
    try {
      files.exclusively(
          () -> {
            DurableFiles.write(root.resolve(name), StoreJson.write(fact));
            return true;
          });
    } catch (StoreException e) {
      log.log(Log.Level.DEBUG, () -> "not remembered: " + e.getMessage());
    }
  }

  static boolean isSerial(String name) {
    return name.length() == 16 && name.chars().allMatch(c -> Character.digit(c, 16) >= 0);
  }
}
