package dev.tpm2token.token.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A folder of the store, held open (openat(2) and its kin), so that what is done to its entries is
 * done to them: root may mend or remove what is in another user's store, and that user could put a
 * link in a file's or a folder's place meanwhile. No link is ever followed.
 */
final class OpenFolder implements Closeable {
  private final SecureDirectoryStream<Path> stream;

  private OpenFolder(SecureDirectoryStream<Path> stream) {
    this.stream = stream;
  }

  /** The store's own folder, which may be reached by links. */
  @SuppressWarnings("StreamResourceLeak") // it is closed with what is returned
  static OpenFolder of(Path root) throws IOException {
    return of(root, Files.newDirectoryStream(root));
  }

  private static OpenFolder of(Path name, DirectoryStream<Path> stream) throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return new OpenFolder(secure);
    }
    stream.close();
    throw new FileSystemException(name.toString(), null, "it cannot be held open here");
  }

  /** A folder in it. */
  OpenFolder folder(Path name) throws IOException {
    return new OpenFolder(stream.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS));
  }

  /** A folder below it; {@code way} may be empty. */
  static OpenFolder of(Path root, Path way) throws IOException {
    OpenFolder reached = of(root);
    for (Path name : way) {
      if (!name.toString().isEmpty()) {
        try (OpenFolder above = reached) {
          reached = above.folder(name);
        }
      }
    }
    return reached;
  }

  /** What is under a name. */
  BasicFileAttributes look(Path name) throws IOException {
    return stream
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  /** Sets the mode of a file or folder. */
  void setMode(Path name, Set<PosixFilePermission> mode) throws IOException {
    stream
        .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setPermissions(mode);
  }

  /** Moves an entry into another folder, over what has its name there. */
  void move(Path name, OpenFolder into) throws IOException {
    stream.move(name, into.stream, name);
  }

  /** Deletes a file, or a folder with all that is in it; it is no fault that there is none. */
  void delete(Path name) throws IOException {
    try {
      if (!look(name).isDirectory()) {
        stream.deleteFile(name); // a link: what it points to is not ours
        return;
      }
    } catch (NoSuchFileException e) {
      return;
    }
    try (OpenFolder folder = folder(name)) {
      for (Path each : folder.names()) {
        folder.delete(each);
      }
    }
    stream.deleteDirectory(name);
  }

  private List<Path> names() {
    List<Path> names = new ArrayList<>();
    stream.forEach(each -> names.add(each.getFileName()));
    return names;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
