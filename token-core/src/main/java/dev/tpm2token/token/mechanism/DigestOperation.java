package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.crypto.HashAlgorithm;
import org.bouncycastle.crypto.Digest;

/** A digest in the making, from C_DigestInit on: in software. */
public final class DigestOperation {
  private final Digest digest;

  /** Begins. */
  public DigestOperation(Mechanism mechanism) {
    this.digest = mechanism.hash().orElseThrow().start();
  }

  /** Bytes that the digest will have. */
  public int length() {
    return digest.getDigestSize();
  }

  /** Takes a part of the data. */
  public void update(byte[] part) {
    digest.update(part, 0, part.length);
  }

  /** Ends. */
  public byte[] finish() {
    return HashAlgorithm.finish(digest);
  }
}
