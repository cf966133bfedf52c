package dev.tpm2token.token;

import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import dev.tpm2token.token.store.RegularFile;
import dev.tpm2token.tpm.Passwords;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Passwords of the storage key and of the owner, each alone in a file that is nobody else's; read
 * when it is needed. A line's end after it is not part of it.
 *
 * @param parentHandle the storage key's; or the hierarchy's that makes it
 * @param parent the storage key's password
 * @param owner the owner hierarchy's
 */
public record PasswordFiles(int parentHandle, Optional<Path> parent, Optional<Path> owner)
    implements Passwords {
  private static final Set<PosixFilePermission> TOO_OPEN =
      EnumSet.of(GROUP_WRITE, OTHERS_READ, OTHERS_WRITE, OTHERS_EXECUTE);

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
      if (!Collections.disjoint(Files.getPosixFilePermissions(file), TOO_OPEN)) {
        throw new CryptokiException(
            ReturnValue.CKR_DEVICE_ERROR, file + " holds a password and is open: chmod 600 it");
      }
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
}
