package dev.tpm2token.token.crypto;

import dev.tpm2token.tpm.structure.TpmAlgId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA224Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA3Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.jspecify.annotations.Nullable;

/** Hash algorithms: made in software, named to the TPM, and put into a PKCS#1 DigestInfo. */
@SuppressWarnings("ImmutableEnumChecker") // what it holds is not changed, nor given out
public enum HashAlgorithm {
  SHA_1(0x220, 1, 2, TpmAlgId.SHA1, "3021300906052b0e03021a05000414", SHA1Digest::new),
  SHA224(0x255, 5, 5, null, "302d300d06096086480165030402040500041c", SHA224Digest::new),
  SHA256(0x250, 2, 6, TpmAlgId.SHA256, "3031300d060960864801650304020105000420", SHA256Digest::new),
  SHA384(0x260, 3, 7, TpmAlgId.SHA384, "3041300d060960864801650304020205000430", SHA384Digest::new),
  SHA512(0x270, 4, 8, TpmAlgId.SHA512, "3051300d060960864801650304020305000440", SHA512Digest::new),
  SHA3_224(0x2B5, 6, 10, null, "302d300d06096086480165030402070500041c", () -> new SHA3Digest(224)),
  SHA3_256(0x2B0, 7, 11, null, "3031300d060960864801650304020805000420", () -> new SHA3Digest(256)),
  SHA3_384(0x2C0, 8, 12, null, "3041300d060960864801650304020905000430", () -> new SHA3Digest(384)),
  SHA3_512(0x2D0, 9, 13, null, "3051300d060960864801650304020a05000440", () -> new SHA3Digest(512));

  /** A digest and what made it, out of a DigestInfo. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never printed
  public record Digested(HashAlgorithm algorithm, byte[] digest) {}

  private final long mechanism;
  private final long mgf;
  private final long kdf;
  private final int length;
  private final Optional<TpmAlgId> tpmAlgorithm;
  private final byte[] digestInfoPrefix;
  private final Supplier<Digest> digest;

  HashAlgorithm(
      long mechanism,
      long mgf,
      long kdf,
      @Nullable TpmAlgId tpmAlgorithm,
      String prefix,
      Supplier<Digest> digest) {
    this.mechanism = mechanism;
    this.mgf = mgf;
    this.kdf = kdf;
    this.tpmAlgorithm = Optional.ofNullable(tpmAlgorithm);
    this.digestInfoPrefix = HexFormat.of().parseHex(prefix);
    this.digest = digest;
    this.length = digest.get().getDigestSize();
  }

  /** CK_MECHANISM_TYPE of the digest. */
  public long mechanism() {
    return mechanism;
  }

  /** CK_RSA_PKCS_MGF_TYPE of MGF1 with it. */
  public long mgf() {
    return mgf;
  }

  /** CK_EC_KDF_TYPE of the ANSI X9.63 derivation with it. */
  public long kdf() {
    return kdf;
  }

  /** The one that such a number names, if one does. */
  public static Optional<HashAlgorithm> of(ToLongFunction<HashAlgorithm> number, long value) {
    return Arrays.stream(values()).filter(each -> number.applyAsLong(each) == value).findFirst();
  }

  /** The digest's length in bytes. */
  public int length() {
    return length;
  }

  /** The TPM's name for it; empty for those that we do not ask a TPM for. */
  public Optional<TpmAlgId> tpmAlgorithm() {
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
