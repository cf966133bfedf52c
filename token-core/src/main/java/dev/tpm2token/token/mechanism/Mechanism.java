package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.mechanism.Function.DIGEST;
import static dev.tpm2token.token.mechanism.Function.GENERATE_KEY_PAIR;
import static dev.tpm2token.token.mechanism.Function.SIGN;
import static dev.tpm2token.token.mechanism.Function.VERIFY;

import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.object.KeyType;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A row of the mechanism table. C_GetMechanismList, C_GetMechanismInfo, the checks of each C_…Init
 * and FEATURES.md all read these rows. To add a mechanism, add a row and, if none fits, a scheme.
 *
 * @param type CK_MECHANISM_TYPE
 * @param name the standard's
 * @param keyType the keys it takes, if it takes any
 * @param functions what it is used for
 * @param hash what it hashes the data with first, if it does
 * @param scheme how it signs and verifies, if it does
 * @param place where the private work is done
 */
public record Mechanism(
    long type,
    String name,
    Optional<KeyType> keyType,
    Set<Function> functions,
    Optional<HashAlgorithm> hash,
    Optional<SignatureScheme> scheme,
    Place place) {
  /** Where the work is done. */
  public enum Place {
    /** In the TPM; verifying, which needs no secret, in software. */
    TPM,
    /** In software. */
    SOFTWARE
  }

  // CKF_ bits of CK_MECHANISM_INFO that are not functions
  private static final long CKF_HW = 0x1;
  private static final long CKF_EC_F_P = 0x100000;
  private static final long CKF_EC_NAMEDCURVE = 0x800000;
  private static final long CKF_EC_UNCOMPRESS = 0x1000000;

  private static final SignatureScheme PKCS1 = new RsaPkcs1Scheme();
  private static final SignatureScheme ECDSA = new EcdsaScheme();

  /** Every mechanism that a TPM with all that we use would give. */
  public static final List<Mechanism> TABLE =
      List.of(
          keyPair(0x0000, "CKM_RSA_PKCS_KEY_PAIR_GEN", KeyType.CKK_RSA),
          signature(0x0001, "CKM_RSA_PKCS", KeyType.CKK_RSA, PKCS1),
          signature(0x0006, "CKM_SHA1_RSA_PKCS", KeyType.CKK_RSA, PKCS1, HashAlgorithm.SHA_1),
          signature(0x0040, "CKM_SHA256_RSA_PKCS", KeyType.CKK_RSA, PKCS1, HashAlgorithm.SHA256),
          signature(0x0041, "CKM_SHA384_RSA_PKCS", KeyType.CKK_RSA, PKCS1, HashAlgorithm.SHA384),
          signature(0x0042, "CKM_SHA512_RSA_PKCS", KeyType.CKK_RSA, PKCS1, HashAlgorithm.SHA512),
          keyPair(0x1040, "CKM_EC_KEY_PAIR_GEN", KeyType.CKK_EC),
          signature(0x1041, "CKM_ECDSA", KeyType.CKK_EC, ECDSA),
          signature(0x1042, "CKM_ECDSA_SHA1", KeyType.CKK_EC, ECDSA, HashAlgorithm.SHA_1),
          signature(0x1044, "CKM_ECDSA_SHA256", KeyType.CKK_EC, ECDSA, HashAlgorithm.SHA256),
          signature(0x1045, "CKM_ECDSA_SHA384", KeyType.CKK_EC, ECDSA, HashAlgorithm.SHA384),
          signature(0x1046, "CKM_ECDSA_SHA512", KeyType.CKK_EC, ECDSA, HashAlgorithm.SHA512),
          digest(0x0220, "CKM_SHA_1", HashAlgorithm.SHA_1),
          digest(0x0250, "CKM_SHA256", HashAlgorithm.SHA256),
          digest(0x0260, "CKM_SHA384", HashAlgorithm.SHA384),
          digest(0x0270, "CKM_SHA512", HashAlgorithm.SHA512));

  /** The flags of CK_MECHANISM_INFO (PKCS#11 3.1, table 5; for curves 6.3, table 43). */
  public long flags() {
    long flags = functions.stream().mapToLong(Function::flag).sum();
    if (place == Place.TPM) {
      flags |= CKF_HW;
    }
    if (keyType.equals(Optional.of(KeyType.CKK_EC))) {
      flags |= CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
    }
    return flags;
  }

  private static Mechanism keyPair(long type, String name, KeyType keyType) {
    return new Mechanism(
        type,
        name,
        Optional.of(keyType),
        EnumSet.of(GENERATE_KEY_PAIR),
        Optional.empty(),
        Optional.empty(),
        Place.TPM);
  }

  private static Mechanism signature(
      long type, String name, KeyType keyType, SignatureScheme scheme) {
    return new Mechanism(
        type,
        name,
        Optional.of(keyType),
        EnumSet.of(SIGN, VERIFY),
        Optional.empty(),
        Optional.of(scheme),
        Place.TPM);
  }

  private static Mechanism signature(
      long type, String name, KeyType keyType, SignatureScheme scheme, HashAlgorithm hash) {
    return new Mechanism(
        type,
        name,
        Optional.of(keyType),
        EnumSet.of(SIGN, VERIFY),
        Optional.of(hash),
        Optional.of(scheme),
        Place.TPM);
  }

  private static Mechanism digest(long type, String name, HashAlgorithm hash) {
    return new Mechanism(
        type,
        name,
        Optional.empty(),
        EnumSet.of(DIGEST),
        Optional.of(hash),
        Optional.empty(),
        Place.SOFTWARE);
  }
}
