package dev.tpm2token.interop.wycheproof;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** The hashes of the vectors, and the numbers of pkcs11t.h in which they have a part. */
enum Hash {
  SHA_1("SHA-1", 0x220, 1, 0x1042, 0x06, 0x0e, "3021300906052b0e03021a0500"),
  SHA_224("SHA-224", 0x255, 5, 0x1043, 0x46, 0x47, "302d300d06096086480165030402040500"),
  SHA_256("SHA-256", 0x250, 2, 0x1044, 0x40, 0x43, "3031300d06096086480165030402010500"),
  SHA_384("SHA-384", 0x260, 3, 0x1045, 0x41, 0x44, "3041300d06096086480165030402020500"),
  SHA_512("SHA-512", 0x270, 4, 0x1046, 0x42, 0x45, "3051300d06096086480165030402030500"),
  SHA3_224("SHA3-224", 0x2b5, 6, 0x1047, 0x66, 0x67, "302d300d06096086480165030402070500"),
  SHA3_256("SHA3-256", 0x2b0, 7, 0x1048, 0x60, 0x63, "3031300d06096086480165030402080500"),
  SHA3_384("SHA3-384", 0x2c0, 8, 0x1049, 0x61, 0x64, "3041300d06096086480165030402090500"),
  SHA3_512("SHA3-512", 0x2d0, 9, 0x104a, 0x62, 0x65, "3051300d060960864801650304020a0500"),
  // With RSA or a curve, pkcs11t.h has nothing of the hash's own; there is the digest all the same.
  SHA_512_224("SHA-512/224", 0x48, 0, 0, 0, 0, "302d300d06096086480165030402050500"),
  SHA_512_256("SHA-512/256", 0x4c, 0, 0, 0, 0, "3031300d06096086480165030402060500"),
  SHAKE128("SHAKE128", 0, 0, 0, 0, 0, ""),
  SHAKE256("SHAKE256", 0, 0, 0, 0, 0, "");

  private final String text;

  /** CKM_… of the digest; that and one more is its HMAC's, and two more the HMAC cut short. */
  final long digest;

  /** CKG_MGF1_…. */
  final long mgf;

  /** CKM_ECDSA_…. */
  final long ecdsa;

  /** CKM_…_RSA_PKCS. */
  final long pkcs1;

  /** CKM_…_RSA_PKCS_PSS. */
  final long pss;

  private final String digestInfo;

  Hash(String text, long digest, long mgf, long ecdsa, long pkcs1, long pss, String digestInfo) {
    this.text = text;
    this.digest = digest;
    this.mgf = mgf;
    this.ecdsa = ecdsa;
    this.pkcs1 = pkcs1;
    this.pss = pss;
    this.digestInfo = digestInfo;
  }

  /** By Wycheproof's name, with or without SHA's hyphen. */
  static Hash of(String text) {
    return Arrays.stream(values())
        .filter(hash -> hash.text.equals(text) || hash.text.replace("SHA-", "SHA").equals(text))
        .findFirst()
        .orElseThrow(() -> new AssertionError("a hash " + text));
  }

  /** The digest, as the JDK makes it. SHAKE's has the lengths of FIPS 186-5. */
  byte[] of(byte[] data) {
    String algorithm =
        switch (this) {
          case SHAKE128 -> "SHAKE128-256";
          case SHAKE256 -> "SHAKE256-512";
          default -> text;
        };
    try {
      return MessageDigest.getInstance(algorithm).digest(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Bytes of the digest. */
  int length() {
    return of(new byte[0]).length;
  }

  /** The DigestInfo that PKCS#1 signs. */
  byte[] info(byte[] data) {
    return Bytes.concat(HexFormat.of().parseHex(digestInfo), Der.value(Der.OCTET_STRING, of(data)));
  }
}
