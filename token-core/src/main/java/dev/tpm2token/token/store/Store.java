package dev.tpm2token.token.store;

import dev.tpm2token.token.Log;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
        TokenFolder token = known(folder);
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
  public TokenFolder create(TokenRecord draft) {
    return files.exclusively(
        () -> put(draft.withSlot(Math.max(nextSlot(), draft.slot())), folder -> {}));
  }

  /** What puts a token's objects into its folder. */
  private interface Content {
    void writeInto(Path folder) throws IOException;
  }

  /** Puts a token into the store, whole or not at all. */
  private TokenFolder put(TokenRecord record, Content content) throws IOException {
    Path folder = root.resolve(record.serial());
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      // Of a token whose record was lost: it becomes one again with its record, which comes last.
      fill(folder, record, content);
    } else {
      Path making = DurableFiles.temporary(folder);
      DurableFiles.delete(making);
      try {
        fill(making, record, content);
        Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        DurableFiles.delete(making);
      }
      DurableFiles.force(root);
    }
    TokenFolder token = known(folder);
    token.refresh();
    return token;
  }

  private static void fill(Path folder, TokenRecord record, Content content) throws IOException {
    DurableFiles.makeFolder(folder);
    content.writeInto(folder);
    DurableFiles.write(folder.resolve(TokenFolder.FILE), StoreJson.write(record));
  }

  private synchronized TokenFolder known(Path folder) {
    return known.computeIfAbsent(
        String.valueOf(folder.getFileName()),
        serial -> new TokenFolder(folder, files, random, log));
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
  public Optional<TokenFolder> restore(Backup backup, String label) {
    return files.exclusively(
        () -> {
          List<TokenFolder> here = tokens();
          if (here.stream().anyMatch(each -> each.record().serial().equals(backup.serial()))) {
            return Optional.empty();
          }
          TokenRecord record = backup.record().withLabel(label);
          boolean taken = here.stream().anyMatch(each -> each.record().slot() == record.slot());
          return Optional.of(
              put(taken ? record.withSlot(slotAfter(here)) : record, backup::writeObjects));
        });
  }

  /** Removes a token with its objects. */
  public void remove(TokenFolder token) {
    files.exclusively(
        () -> {
          token.remove();
          synchronized (this) {
            known.remove(token.record().serial());
          }
          return true;
        });
  }

  /** A remembered fact of a name, as JSON; empty where there is none that can be read. */
  public <T> Optional<T> recall(String name, Class<T> type) {
    try {
      return Optional.of(StoreJson.read(RegularFile.read(root.resolve(name)), type));
    } catch (IOException e) {
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
