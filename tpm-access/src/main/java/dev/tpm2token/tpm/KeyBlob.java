package dev.tpm2token.tpm;

import dev.tpm2token.tpm.structure.Name;
import dev.tpm2token.tpm.structure.TpmtPublic;
import java.util.Arrays;

/** An object that its parent has wrapped, ready to load. Equal where its contents are. */
public final class KeyBlob implements Key, Loadable {
  private final Parent parent;
  private final TpmtPublic publicArea;
  private final byte[] privateArea;
  private final int hash;

  /**
   * Both areas as the TPM gave them.
   *
   * @param privateArea the contents of a TPM2B_PRIVATE
   */
  public KeyBlob(Parent parent, TpmtPublic publicArea, byte[] privateArea) {
    this.parent = parent;
    this.publicArea = publicArea;
    this.privateArea = privateArea.clone();
    hash = Arrays.hashCode(privateArea); // which has an HMAC of all the rest in it
  }

  public Parent parent() {
    return parent;
  }

  @Override
  public TpmtPublic publicArea() {
    return publicArea;
  }

  public byte[] privateArea() {
    return privateArea.clone();
  }

  public Name name() {
    return publicArea.name();
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof KeyBlob that
            && hash == that.hash
            && Arrays.equals(privateArea, that.privateArea)
            && publicArea.equals(that.publicArea)
            && parent.equals(that.parent));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "KeyBlob[" + name() + "]";
  }
}
