package dev.tpm2token.token;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Accounts of the system, by their numbers: whose a file is, and who we are. */
public final class Account {
  /** Whom nothing is forbidden. */
  public static final int ROOT = 0;

  private static final String OWNER = "unix:uid";

  /** The process's folder is its effective user's, whatever else of /proc may be root's. */
  private static final Path SELF = Path.of("/proc/self");

  private Account() {}

  /** As whom this process makes files. */
  public static int own() throws IOException {
    return ownerOf(SELF);
  }

  /** Whose a file is, or what a link leads to. */
  public static int ownerOf(Path file) throws IOException {
    return (int) Files.getAttribute(file, OWNER);
  }
}
