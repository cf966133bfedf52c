package dev.tpm2token.token;

import dev.tpm2token.token.store.RegularFile;
import dev.tpm2token.tpm.Passwords;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Passwords of the storage key and of the owner, each alone in a file; read when it is needed. The
 * file is this account's and nobody else may do anything with it, or it is root's and our group may
 * read it: 0600, or root's 0640. A line's end after the password is not part of it.
 *
 * @param parentHandle the storage key's; or the hierarchy's that makes it
 * @param parent the storage key's password
 * @param owner the owner hierarchy's
 */
public record PasswordFiles(int parentHandle, Optional<Path> parent, Optional<Path> owner)
    implements Passwords {
  private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> ROOTS =
      PosixFilePermissions.fromString("rwxr-----");

  /** Octets; no TPM takes a password that is longer than its longest digest. */
  private static final int LONGEST = 4096;

  @Override
  public byte[] of(TpmHandle handle) {
    Optional<Path> file = Optional.empty();
    if (handle.value() == parentHandle) {
      file = parent;
    }
    if (file.isEmpty() && handle.equals(TpmHandle.OWNER)) {
      file = owner;
    }
    return file.map(PasswordFiles::read).orElseGet(() -> new byte[0]);
  }

  /**
   * The password in a file.
   *
   * @throws CryptokiException where it cannot be read, or others may read it
   */
  public static byte[] read(Path file) {
    try {
      check(file);
      byte[] content = RegularFile.readNamed(file, LONGEST);
      int length = content.length;
      while (length > 0 && (content[length - 1] == '\n' || content[length - 1] == '\r')) {
        length--;
      }
      byte[] password = Arrays.copyOf(content, length);
      Arrays.fill(content, (byte) 0);
      return password;
    } catch (IOException e) {
      throw new CryptokiException(
          ReturnValue.CKR_DEVICE_ERROR, "the password cannot be read: " + RegularFile.reason(e), e);
    }
  }

  private static void check(Path file) throws IOException {
    int owner = Account.ownerOf(file);
    if (owner != Account.ROOT && owner != Account.own()) {
      throw new CryptokiException(
          ReturnValue.CKR_DEVICE_ERROR, file + " holds a password and is another account's");
    }
    if (!(owner == Account.ROOT ? ROOTS : OURS).containsAll(Files.getPosixFilePermissions(file))) {
      throw new CryptokiException(
          ReturnValue.CKR_DEVICE_ERROR, file + " holds a password and is open: chmod 600 it");
    }
  }
}
