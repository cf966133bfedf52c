package dev.tpm2token.interop.mechanisms;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/** A hash algorithm: the JDK's name, and the numbers of pkcs11t.h in which it has a part. */
enum Hash {
  SHA1("SHA-1", "SHA_1", 0x220, 1, 2, 0x06, 0x0e, 0x1042),
  SHA224("SHA-224", "SHA224", 0x255, 5, 5, 0x46, 0x47, 0x1043),
  SHA256("SHA-256", "SHA256", 0x250, 2, 6, 0x40, 0x43, 0x1044),
  SHA384("SHA-384", "SHA384", 0x260, 3, 7, 0x41, 0x44, 0x1045),
  SHA512("SHA-512", "SHA512", 0x270, 4, 8, 0x42, 0x45, 0x1046),
  SHA3_224("SHA3-224", "SHA3_224", 0x2b5, 6, 10, 0x66, 0x67, 0x1047),
  SHA3_256("SHA3-256", "SHA3_256", 0x2b0, 7, 11, 0x60, 0x63, 0x1048),
  SHA3_384("SHA3-384", "SHA3_384", 0x2c0, 8, 12, 0x61, 0x64, 0x1049),
  SHA3_512("SHA3-512", "SHA3_512", 0x2d0, 9, 13, 0x62, 0x65, 0x104a);

  /** The JDK's name for the digest. */
  final String jdk;

  /** As digests and HMACs are called: CKM_… */
  final String own;

  /** CKM_… of the digest; one more is its HMAC's, and two more the HMAC's cut short. */
  final long digest;

  /** CKG_MGF1_… */
  final long mgf;

  /** CKD_…_KDF. */
  final long kdf;

  /** CKM_…_RSA_PKCS. */
  final long pkcs1;

  /** CKM_…_RSA_PKCS_PSS. */
  final long pss;

  /** CKM_ECDSA_… */
  final long ecdsa;

  Hash(String jdk, String own, long digest, long mgf, long kdf, long pkcs1, long pss, long ecdsa) {
    this.jdk = jdk;
    this.own = own;
    this.digest = digest;
    this.mgf = mgf;
    this.kdf = kdf;
    this.pkcs1 = pkcs1;
    this.pss = pss;
    this.ecdsa = ecdsa;
  }

  /** As the JDK has it in names of signatures and MACs. */
  String inNames() {
    return jdk.replace("SHA-", "SHA");
  }

  byte[] of(byte[]... data) throws GeneralSecurityException {
    MessageDigest digesting = MessageDigest.getInstance(jdk);
    for (byte[] part : data) {
      digesting.update(part);
    }
    return digesting.digest();
  }
}
