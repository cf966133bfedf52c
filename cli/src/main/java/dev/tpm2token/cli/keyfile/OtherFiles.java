package dev.tpm2token.cli.keyfile;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Files that are taken for a private key's by mistake, and are not PEM. */
final class OtherFiles {
  /** What to say of a public key. */
  static final String PUBLIC_KEY =
      "that is a public key: the private one is wanted, which OpenSSH has in the file without .pub";

  private static final Pattern SSH_PUBLIC =
      Pattern.compile("^(ssh-[a-z0-9]+|ecdsa-sha2-\\S+|sk-\\S+) AAAA|^---- BEGIN SSH2 PUBLIC KEY");

  private OtherFiles() {}

  /**
   * Refuses what is known.
   *
   * @throws KeyFileException with what it is, and what is wanted
   */
  static void check(byte[] file) throws KeyFileException {
    String text = new String(file, StandardCharsets.ISO_8859_1).strip();
    if (text.isEmpty()) {
      throw new KeyFileException("it is empty");
    }
    if (SSH_PUBLIC.matcher(text).find()) {
      throw new KeyFileException(PUBLIC_KEY);
    }
    if (text.startsWith("PuTTY-User-Key-File-")) {
      throw new KeyFileException(
          "it is of PuTTY's form: puttygen FILE -O private-openssh -o NEW makes OpenSSH's of it");
    }
  }
}
