package dev.tpm2token.cli;

/** How the command ends: scripts branch on it, so a number never changes its meaning. */
public enum ExitStatus {
  DONE(0, "it did what was asked, and what was asked about is well"),
  FAILED(1, "it could not, or what was asked about is not well"),
  USAGE(2, "the command line is wrong"),
  NOT_FOUND(3, "there is no such token, key, certificate or file"),
  PIN(4, "a PIN, passphrase or password is wrong, missing or locked"),
  TPM(5, "the TPM cannot be reached, or refuses"),
  REFUSED(6, "nothing was done: it would overwrite or destroy (see --yes)");

  private final int code;
  private final String meaning;

  ExitStatus(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** What the shell sees. */
  public int code() {
    return code;
  }

  /** For the help. */
  public String meaning() {
    return meaning;
  }
}
