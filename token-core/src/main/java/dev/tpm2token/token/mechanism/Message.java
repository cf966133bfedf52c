package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_DATA_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import java.io.ByteArrayOutputStream;
import org.bouncycastle.crypto.Digest;
import org.jspecify.annotations.Nullable;

/** What is being signed or verified, as it arrives in parts: hashed at once, or kept. */
final class Message {
  private final SignatureScheme scheme;
  private final @Nullable HashAlgorithm hash;
  private final @Nullable Digest digest;
  private final int longest;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  Message(Mechanism mechanism, SignatureScheme scheme, PublicKey key) {
    this.scheme = scheme;
    this.hash = mechanism.hash().orElse(null);
    this.digest = hash == null ? null : hash.start();
    this.longest = scheme.longestInput(key);
  }

  void update(byte[] part) {
    if (digest != null) {
      digest.update(part, 0, part.length);
    } else if (part.length > longest - kept.size()) {
      throw new CryptokiException(
          CKR_DATA_LEN_RANGE, "more than the %d bytes that can be signed".formatted(longest));
    } else {
      kept.writeBytes(part);
    }
  }

  /** What the scheme signs. */
  byte[] finish() {
    return hash == null || digest == null
        ? kept.toByteArray()
        : scheme.input(hash, HashAlgorithm.finish(digest));
  }
}
