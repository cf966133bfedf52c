package dev.tpm2token.token.store;

import dev.tpm2token.token.crypto.HashAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a token's files, made and read as one file of JSON. It holds what the TPM alone can
 * open: it restores a token on the machine it was made on, and nowhere else.
 */
public final class Backup {
  private final BackupRecord content;

  private Backup(BackupRecord content) {
    this.content = content;
  }

  public String serial() {
    return content.serial();
  }

  public String label() {
    return content.label();
  }

  /** How many objects are in it. */
  public int objects() {
    return content.files().size() - 1;
  }

  /** Its octets, as a file. */
  public byte[] encode() {
    return StoreJson.write(content);
  }

  /**
   * A backup out of its file.
   *
   * @throws IllegalArgumentException where it is none, is damaged, or is of a later version
   */
  public static Backup decode(byte[] file) {
    BackupRecord read;
    try {
      read = StoreJson.read(file, BackupRecord.class, BackupRecord.FORMAT);
    } catch (DamagedException e) {
      throw new IllegalArgumentException(
          e.isLater()
              ? "it was written by a later version of tpm2-token"
              : "it is not a backup of tpm2-token, or is cut short",
          e);
    }
    if (!MessageDigest.isEqual(digest(read.files()), read.digest())) {
      throw new IllegalArgumentException("it is damaged: its digest is another");
    }
    Backup backup = new Backup(read);
    backup.record();
    return backup;
  }

  /** Copies a token's files; whoever calls keeps writers away. */
  static Backup of(Path folder, TokenRecord record) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(TokenFolder.FILE, RegularFile.read(folder.resolve(TokenFolder.FILE)));
    Path objects = folder.resolve(record.objects());
    if (RegularFile.isFolder(objects)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(objects, "[0-9a-f]*.json")) {
        for (Path file : stream) {
          files.put(record.objects() + "/" + file.getFileName(), RegularFile.read(file));
        }
      }
    }
    return new Backup(
        new BackupRecord(BackupRecord.FORMAT, record.serial(), record.label(), files));
  }

  /** The token in it. */
  TokenRecord record() {
    byte @Nullable [] file = content.files().get(TokenFolder.FILE);
    if (file == null) {
      throw new IllegalArgumentException("there is no token in it");
    }
    try {
      TokenRecord record = StoreJson.read(file, TokenRecord.class, TokenRecord.FORMAT);
      boolean belongs =
          record.serial().equals(content.serial())
              && content.files().keySet().stream().allMatch(name -> isOf(record, name));
      if (!belongs) {
        throw new IllegalArgumentException("its parts do not belong together");
      }
      return record;
    } catch (DamagedException e) {
      throw new IllegalArgumentException("the token in it cannot be read", e);
    }
  }

  /** Nothing else is written, so that no backup reaches out of its token's folder. */
  private static boolean isOf(TokenRecord record, String name) {
    return name.equals(TokenFolder.FILE)
        || (name.startsWith(record.objects() + "/")
            && name.substring(record.objects().length()).matches("/[0-9a-f]+\\.json"));
  }

  /** Puts the objects into a token's folder; the token itself is put there after them. */
  void writeObjects(Path folder) throws IOException {
    DurableFiles.makeFolder(folder.resolve(record().objects()));
    for (Map.Entry<String, byte[]> each : content.files().entrySet()) {
      if (!each.getKey().equals(TokenFolder.FILE)) {
        DurableFiles.write(folder.resolve(each.getKey()), each.getValue());
      }
    }
  }

  /** SHA-256 over each name and content, in order of name, each after its length (64 bits). */
  static byte[] digest(Map<String, byte[]> files) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    new TreeMap<>(files)
        .forEach(
            (name, content) -> {
              append(whole, name.getBytes(StandardCharsets.UTF_8));
              append(whole, content);
            });
    return HashAlgorithm.SHA256.digest(whole.toByteArray());
  }

  private static void append(ByteArrayOutputStream whole, byte[] octets) {
    whole.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(octets.length).array());
    whole.writeBytes(octets);
  }
}
