package dev.tpm2token.token.crypto;

import dev.tpm2token.tpm.structure.TpmAlgId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/** Hash algorithms: made in software, named to the TPM, and put into a PKCS#1 DigestInfo. */
@SuppressWarnings("ImmutableEnumChecker") // what it holds is not changed, nor given out
public enum HashAlgorithm {
  SHA_1(20, TpmAlgId.SHA1, "3021300906052b0e03021a05000414", SHA1Digest::new),
  SHA256(32, TpmAlgId.SHA256, "3031300d060960864801650304020105000420", SHA256Digest::new),
  SHA384(48, TpmAlgId.SHA384, "3041300d060960864801650304020205000430", SHA384Digest::new),
  SHA512(64, TpmAlgId.SHA512, "3051300d060960864801650304020305000440", SHA512Digest::new);

  /** A digest and what made it, out of a DigestInfo. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never printed
  public record Digested(HashAlgorithm algorithm, byte[] digest) {}

  private final int length;
  private final TpmAlgId tpmAlgorithm;
  private final byte[] digestInfoPrefix;
  private final Supplier<Digest> digest;

  HashAlgorithm(int length, TpmAlgId tpmAlgorithm, String prefix, Supplier<Digest> digest) {
    this.length = length;
    this.tpmAlgorithm = tpmAlgorithm;
    this.digestInfoPrefix = HexFormat.of().parseHex(prefix);
    this.digest = digest;
  }

  /** The digest's length in bytes. */
  public int length() {
    return length;
  }

  /** The TPM's name for it. */
  public TpmAlgId tpmAlgorithm() {
    return tpmAlgorithm;
  }

  /** A digest that has taken nothing yet. */
  public Digest start() {
    return digest.get();
  }

  /** The digest of the data. */
  public byte[] digest(byte[]... parts) {
    Digest running = start();
    for (byte[] part : parts) {
      running.update(part, 0, part.length);
    }
    return finish(running);
  }

  /** What a running digest comes to; it begins anew. */
  public static byte[] finish(Digest running) {
    byte[] result = new byte[running.getDigestSize()];
    running.doFinal(result, 0);
    return result;
  }

  /** The DER of DigestInfo (RFC 8017, section 9.2, note 1). */
  public byte[] digestInfo(byte[] digested) {
    return org.bouncycastle.util.Arrays.concatenate(digestInfoPrefix, digested);
  }

  /** Reads a DigestInfo of an algorithm in this table; empty for anything else. */
  public static Optional<Digested> parseDigestInfo(byte[] info) {
    for (HashAlgorithm each : values()) {
      int start = each.digestInfoPrefix.length;
      if (info.length == start + each.length
          && Arrays.equals(info, 0, start, each.digestInfoPrefix, 0, start)) {
        return Optional.of(new Digested(each, Arrays.copyOfRange(info, start, info.length)));
      }
    }
    return Optional.empty();
  }
}
