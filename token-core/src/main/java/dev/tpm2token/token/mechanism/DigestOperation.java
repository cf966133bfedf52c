package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_SAVED_STATE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_STATE_UNSAVEABLE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.EncodableDigest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA224Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/** A digest in the making, from C_DigestInit on: in software. */
public final class DigestOperation {
  /** "tpm2-token digest, first form": nothing else is taken back. */
  private static final int MAGIC = 0x7432_6401;

  /** A saved state ends with a digest of it, so that a damaged one is found out. */
  private static final HashAlgorithm CHECK = HashAlgorithm.SHA256;

  private static final int HEADER = Integer.BYTES + Long.BYTES;

  /** Those whose state can be taken out and put back. */
  private static final Map<HashAlgorithm, Function<byte[], Digest>> RESTORED =
      Map.of(
          HashAlgorithm.SHA_1, SHA1Digest::new,
          HashAlgorithm.SHA224, SHA224Digest::new,
          HashAlgorithm.SHA256, SHA256Digest::new,
          HashAlgorithm.SHA384, SHA384Digest::new,
          HashAlgorithm.SHA512, SHA512Digest::new);

  private final HashAlgorithm hash;
  private final Digest digest;
  private boolean hasSecret;

  private DigestOperation(HashAlgorithm hash, Digest digest) {
    this.hash = hash;
    this.digest = digest;
  }

  /** Begins. */
  public static DigestOperation of(Mechanism mechanism) {
    HashAlgorithm hash = mechanism.hash().orElseThrow();
    return new DigestOperation(hash, hash.start());
  }

  /** Bytes that the digest will have. */
  public int length() {
    return digest.getDigestSize();
  }

  /** Takes a part of the data. */
  public void update(byte[] part) {
    digest.update(part, 0, part.length);
  }

  /** Takes a secret key's bytes: from now on the state is nothing to give out. */
  public void updateSecret(byte[] key) {
    hasSecret = true;
    update(key);
  }

  /** Ends. */
  public byte[] finish() {
    return HashAlgorithm.finish(digest);
  }

  /**
   * What C_SetOperationState makes the same digest of.
   *
   * @throws CryptokiException CKR_STATE_UNSAVEABLE
   */
  public byte[] state() {
    if (hasSecret
        || !RESTORED.containsKey(hash)
        || !(digest instanceof EncodableDigest encodable)) {
      throw new CryptokiException(CKR_STATE_UNSAVEABLE, "this digest's state stays here");
    }
    byte[] state = encodable.getEncodedState();
    ByteBuffer saved =
        ByteBuffer.allocate(HEADER + state.length + CHECK.length())
            .putInt(MAGIC)
            .putLong(hash.mechanism())
            .put(state);
    return saved.put(CHECK.digest(Arrays.copyOf(saved.array(), saved.position()))).array();
  }

  /**
   * A digest that goes on where the state was taken.
   *
   * @throws CryptokiException CKR_SAVED_STATE_INVALID
   */
  public static DigestOperation ofState(byte[] state) {
    try {
      int end = state.length - CHECK.length();
      byte[] check = CHECK.digest(Arrays.copyOf(state, end));
      ByteBuffer header = ByteBuffer.wrap(state, 0, HEADER);
      int magic = header.getInt();
      HashAlgorithm hash =
          HashAlgorithm.of(HashAlgorithm::mechanism, header.getLong()).orElseThrow();
      Function<byte[], Digest> restore = RESTORED.get(hash);
      if (magic == MAGIC
          && restore != null
          && Arrays.equals(check, 0, check.length, state, end, state.length)) {
        return new DigestOperation(hash, restore.apply(Arrays.copyOfRange(state, HEADER, end)));
      }
    } catch (RuntimeException e) { // whatever the digest finds wrong with bytes of a stranger
      throw new CryptokiException(CKR_SAVED_STATE_INVALID, "that is no state of ours", e);
    }
    throw new CryptokiException(CKR_SAVED_STATE_INVALID, "that is no state of ours");
  }
}
