package dev.tpm2token.token.store;

import dev.tpm2token.token.Log;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.crypto.Sealing;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.ObjectId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A token's objects in the store, a file each, and what this process has read of them. Files are
 * read again only when they have changed: a folder's time changes whenever a file is put into it or
 * taken out, and files are only ever replaced.
 */
public final class ObjectFolder {
  private static final String SUFFIX = ".json";

  /** A change so close to the last look may have been made after it, at the same tick. */
  private static final Duration TICK = Duration.ofMillis(50);

  /** A file as it was when it was read. */
  private record Stamp(@Nullable Object fileKey, FileTime modified, long size) {}

  /** A file's content; {@code opened} is the private object in it, while the token key is here. */
  private static final class Entry {
    private final Stamp stamp;
    private final ObjectRecord content;
    private @Nullable CryptokiObject opened;

    Entry(Stamp stamp, ObjectRecord content) {
      this.stamp = stamp;
      this.content = content;
    }
  }

  private final Path folder;
  private final String serial;
  private final Consumer<ObjectFolder> checkThere;
  private final DurableFiles files;
  private final SecureRandom random;
  private final Log log;

  private Map<ObjectId, Entry> entries = new TreeMap<>();
  private @Nullable FileTime seen;

  /**
   * The objects of a token.
   *
   * @param checkThere throws TokenGoneException where they are that token's no longer
   */
  ObjectFolder(
      Path folder,
      String serial,
      Consumer<ObjectFolder> checkThere,
      DurableFiles files,
      SecureRandom random,
      Log log) {
    this.folder = folder;
    this.serial = serial;
    this.checkThere = checkThere;
    this.files = files;
    this.random = random;
    this.log = log;
  }

  /**
   * The objects that are there now, oldest first: the public ones, and with the token key the
   * private ones too. A file that cannot be read, or is damaged, is passed over and said in the
   * log.
   */
  public synchronized List<CryptokiObject> objects(Optional<Secret> tokenKey) {
    refresh();
    List<CryptokiObject> objects = new ArrayList<>();
    for (Map.Entry<ObjectId, Entry> each : entries.entrySet()) {
      open(each.getKey(), each.getValue(), tokenKey).ifPresent(objects::add);
    }
    return objects;
  }

  /**
   * One object, if it may be seen: as it was last read, or as it is now where it was not there when
   * last looked for. Clients that keep an object's handle ask for it without finding it again.
   */
  public synchronized Optional<CryptokiObject> object(ObjectId id, Optional<Secret> tokenKey) {
    if (!entries.containsKey(id)) {
      read(id).ifPresent(entry -> entries.put(id, entry));
    }
    return Optional.ofNullable(entries.get(id)).flatMap(entry -> open(id, entry, tokenKey));
  }

  /** The private objects among those last read. */
  public synchronized List<ObjectId> privateIds() {
    return entries.entrySet().stream()
        .filter(each -> each.getValue().content.sealed() != null)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Forgets what the token key opened. */
  public synchronized void close() {
    for (Entry entry : entries.values()) {
      if (entry.opened != null) {
        entry.opened.erase();
      }
      entry.opened = null;
    }
  }

  /**
   * Writes new objects, in the order given.
   *
   * @param tokenKey needed where one of them is private
   * @throws StoreException where that fails
   * @throws TokenGoneException where the token was initialised anew or removed, here as below
   */
  public void add(List<CryptokiObject> objects, Optional<Secret> tokenKey) {
    exclusively(
        () -> {
          DurableFiles.makeFolder(folder);
          checkFolder();
          for (CryptokiObject object : objects) {
            DurableFiles.write(file(object.id()), encode(object, tokenKey));
            synchronized (this) {
              read(object.id()).ifPresent(entry -> entries.put(object.id(), entry));
            }
          }
          return true;
        });
  }

  /** Changes what is in the folder, while nobody else does, and while it is the token's. */
  private <T> T exclusively(DurableFiles.Work<T> work) {
    return files.exclusively(
        () -> {
          checkThere.accept(this);
          return work.run();
        });
  }

  /** What becomes of an object's attributes. */
  public interface Change {
    /** The attributes as they shall be. */
    Attributes apply(Attributes current);
  }

  /**
   * Changes an object as it is now in the store, other processes' changes included.
   *
   * @return the changed object; empty where it is no longer there
   */
  public Optional<CryptokiObject> change(ObjectId id, Optional<Secret> tokenKey, Change change) {
    return exclusively(
        () -> {
          synchronized (this) {
            Optional<CryptokiObject> current = read(id).flatMap(e -> open(id, e, tokenKey));
            if (current.isEmpty()) {
              return current;
            }
            CryptokiObject changed = current.get().with(change.apply(current.get().attributes()));
            DurableFiles.write(file(id), encode(changed, tokenKey));
            read(id).ifPresent(entry -> entries.put(id, entry));
            return Optional.of(changed);
          }
        });
  }

  /**
   * Removes an object.
   *
   * @return whether it was there
   */
  public boolean remove(ObjectId id) {
    return exclusively(
        () -> {
          boolean removed = Files.deleteIfExists(file(id));
          DurableFiles.force(folder);
          synchronized (this) {
            entries.remove(id);
          }
          return removed;
        });
  }

  /** A link to a folder is none of ours: nothing is read or written behind it. */
  private FileTime checkFolder() throws IOException {
    BasicFileAttributes found = RegularFile.look(folder);
    if (!found.isDirectory()) {
      throw new FileSystemException(folder.toString(), null, "it is " + RegularFile.kind(found));
    }
    return found.lastModifiedTime();
  }

  private void refresh() {
    try {
      FileTime modified = checkFolder();
      if (modified.equals(seen)) {
        return;
      }
      // A change within the clock's tick of our look would leave no trace: look again next time.
      boolean settled = modified.toInstant().isBefore(Instant.now().minus(TICK));
      entries = list();
      seen = settled ? modified : null;
    } catch (NoSuchFileException e) {
      entries = new TreeMap<>();
      seen = null;
    } catch (IOException e) {
      log.log(Log.Level.ERROR, () -> "cannot read " + folder + ": " + e);
    }
  }

  private Map<ObjectId, Entry> list() throws IOException {
    Map<ObjectId, Entry> listed = new TreeMap<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "[0-9a-f]*" + SUFFIX)) {
      for (Path file : stream) {
        String name = file.getFileName().toString();
        String text = name.substring(0, name.length() - SUFFIX.length());
        if (ObjectId.isValid(text)) {
          ObjectId id = new ObjectId(text);
          read(id).ifPresent(entry -> listed.put(id, entry));
        }
      }
    }
    return listed;
  }

  /** Reads a file unless what we have of it is what is there. */
  private Optional<Entry> read(ObjectId id) {
    Path file = file(id);
    try {
      BasicFileAttributes stat = RegularFile.look(file);
      Stamp stamp = new Stamp(stat.fileKey(), stat.lastModifiedTime(), stat.size());
      Entry known = entries.get(id);
      if (known != null && known.stamp.equals(stamp)) {
        return Optional.of(known);
      }
      ObjectRecord content =
          StoreJson.read(RegularFile.read(file), ObjectRecord.class, ObjectRecord.FORMAT);
      if (!id.text().equals(content.id())) {
        log.log(Log.Level.WARNING, () -> file + " was renamed");
        return Optional.empty();
      }
      return Optional.of(new Entry(stamp, content));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      passedOver(file, e);
      return Optional.empty();
    }
  }

  private Optional<CryptokiObject> open(ObjectId id, Entry entry, Optional<Secret> tokenKey) {
    byte[] sealed = entry.content.sealed();
    try {
      if (sealed == null) {
        if (entry.opened == null) {
          entry.opened = Objects.requireNonNull(entry.content.body()).object(id, false);
        }
        return Optional.of(entry.opened);
      }
      if (tokenKey.isEmpty()) {
        return Optional.empty();
      }
      if (entry.opened == null) {
        byte[] text =
            Sealing.open(tokenKey.get(), place(id), sealed)
                .orElseThrow(() -> new IOException("not sealed by this token"));
        try {
          entry.opened = StoreJson.read(text, ObjectRecord.Body.class).object(id, true);
        } finally {
          Arrays.fill(text, (byte) 0);
        }
      }
      return Optional.of(entry.opened);
    } catch (IOException e) {
      passedOver(file(id), e);
      return Optional.empty();
    }
  }

  private void passedOver(Path file, IOException why) {
    log.log(
        Log.Level.WARNING,
        () -> "%s is damaged and passed over: %s".formatted(file, why.getMessage()));
  }

  private byte[] encode(CryptokiObject object, Optional<Secret> tokenKey) {
    CryptokiObject.TpmKey key = object.key();
    byte[] secret = object.secret() == null ? null : object.secret().use(byte[]::clone);
    ObjectRecord.Body body =
        new ObjectRecord.Body(
            AttributesJson.toJson(object.attributes()),
            key == null ? null : ObjectRecord.Key.of(key),
            secret);
    if (!object.isPrivate()) {
      return StoreJson.write(new ObjectRecord(ObjectRecord.FORMAT, object.id().text(), body, null));
    }
    byte[] text = StoreJson.write(body);
    if (secret != null) {
      Arrays.fill(secret, (byte) 0);
    }
    byte[] sealed = Sealing.seal(tokenKey.orElseThrow(), place(object.id()), text, random);
    Arrays.fill(text, (byte) 0);
    return StoreJson.write(new ObjectRecord(ObjectRecord.FORMAT, object.id().text(), null, sealed));
  }

  private String place(ObjectId id) {
    return "object 1 %s %s".formatted(serial, id);
  }

  private Path file(ObjectId id) {
    return folder.resolve(id + SUFFIX);
  }
}
